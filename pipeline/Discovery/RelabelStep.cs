using Streamline.Storage;

namespace Streamline.Pipeline;

/// <summary>What one relabelling rule does to a target.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Output">Labels after it; none once the target is dropped.</param>
/// <param name="Keep">False from the rule on that drops the target.</param>
public sealed record RelabelStep(RelabelRuleText Rule, Labels Output, bool Keep);

/// <summary>A relabelling rule as it is written.</summary>
public sealed record RelabelRuleText(IReadOnlyList<string> SourceLabels, string Separator, string Regex, ulong Modulus, string TargetLabel, string Replacement, string Action);
