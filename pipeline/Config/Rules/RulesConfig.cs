namespace Streamline.Pipeline.Config;

/// <summary>The top-level <c>rules</c> section.</summary>
internal sealed record RulesConfig : ConfigNode
{
    public RuleEvaluationConfig Evaluation { get; init; } = new();
    public IReadOnlyList<RuleFileReference> Files { get; init; } = [];

    /// <summary>The groups written inline only; <see cref="StreamlineConfig.RuleGroups"/> has all.</summary>
    public IReadOnlyList<RuleGroupConfig> Groups { get; init; } = [];
}

/// <summary>When rules are evaluated, per kind.</summary>
[Shorthand("alerting", "recording")]
internal sealed record RuleEvaluationConfig : ConfigNode
{
    public RuleEvaluation Alerting { get; init; } = RuleEvaluation.Streaming;
    public RuleEvaluation Recording { get; init; } = RuleEvaluation.Interval;
}

/// <summary>Slots alone, or slots and early firing as samples arrive.</summary>
internal enum RuleEvaluation
{
    [Key("interval")]
    Interval,

    [Key("streaming")]
    Streaming,
}

/// <summary>Rule files by glob.</summary>
[Shorthand("path")]
internal sealed record RuleFileReference : ConfigNode
{
    [RequiredKey, Path]
    public string Path { get; init; } = "";

    public RuleEvaluationConfig? Evaluation { get; init; }
}
