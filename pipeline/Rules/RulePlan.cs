using Streamline.Pipeline.Config;
using Streamline.Query.Syntax;
using Streamline.Storage;

namespace Streamline.Pipeline.Rules;

/// <summary>A set of rule groups made ready beside the one that runs; <see cref="LiveRules.Commit"/> puts it in place.</summary>
internal sealed class RulePlan
{
    private RulePlan(IReadOnlyList<RuleGroup> groups, Labels externalLabels) => (Groups, ExternalLabels) = (groups, externalLabels);

    public IReadOnlyList<RuleGroup> Groups { get; }

    public Labels ExternalLabels { get; }

    /// <summary>Builds groups and parses expressions.</summary>
    /// <exception cref="PromqlSyntaxException">An expression does not parse; the loader has checked them, so this is a caller's error.</exception>
    public static RulePlan Build(IReadOnlyList<RuleGroupConfig> configs, GlobalConfig global, LiveRulesSetup setup)
    {
        var externalLabels = new LabelsBuilder();
        foreach (var (name, value) in global.ExternalLabels) externalLabels.Set(name, value);
        var groups = new List<RuleGroup>(configs.Count);
        foreach (RuleGroupConfig config in configs)
        {
            var group = new RuleGroup(config, (long)global.RuleQueryOffset.TotalMilliseconds);
            group.Rules = [.. config.Rules.Select(r => Build(r, group, setup))];
            groups.Add(group);
        }
        return new RulePlan(groups, externalLabels.Build());
    }

    private static Rule Build(RuleConfig config, RuleGroup group, LiveRulesSetup setup)
    {
        Expr expr = setup.Parse(config.Expr);
        if (!config.IsAlert) return new RecordingRule(config, group, expr);
        return new AlertingRule(config, group, expr, setup.ExternalUrl) { NotStreamingReason = StreamingCheck.ReasonAgainst(group, config, expr) };
    }
}
