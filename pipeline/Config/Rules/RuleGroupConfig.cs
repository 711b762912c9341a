namespace Streamline.Pipeline.Config;

/// <summary>A rule file.</summary>
internal sealed record RuleFileConfig : ConfigNode
{
    public IReadOnlyList<RuleGroupConfig> Groups { get; init; } = [];
}

/// <summary>Rules that are evaluated in order, at one interval. Its identity is file and name.</summary>
internal sealed record RuleGroupConfig : ConfigNode
{
    /// <summary>The file it was read from, full path; for inline groups the main file.</summary>
    [NotBound]
    public string File { get; init; } = "";

    [RequiredKey]
    public string Name { get; init; } = "";

    /// <summary>After loading: the global evaluation interval when not written.</summary>
    public TimeSpan Interval { get; init; }

    /// <summary>Null: the global one.</summary>
    public TimeSpan? QueryOffset { get; init; }

    /// <summary>Most series or alerts a rule may give; 0 is no limit.</summary>
    public int Limit { get; init; }

    /// <summary>Go under the labels of each rule. Already merged into <see cref="RuleConfig.Labels"/> after loading.</summary>
    [LiteralText]
    public IReadOnlyDictionary<string, string> Labels { get; init; } = ConfigDefaults.NoStrings;

    /// <summary>Inline groups only (promtool must be able to read rule files); not null after loading.</summary>
    public RuleEvaluationConfig? Evaluation { get; init; }

    public IReadOnlyList<RuleConfig> Rules { get; init; } = [];
}

/// <summary>A recording or an alerting rule.</summary>
internal sealed record RuleConfig : ConfigNode
{
    public string Record { get; init; } = "";
    public string Alert { get; init; } = "";

    [LiteralText]
    public string Expr { get; init; } = "";

    public TimeSpan For { get; init; }
    public TimeSpan KeepFiringFor { get; init; }

    [LiteralText]
    public IReadOnlyDictionary<string, string> Labels { get; init; } = ConfigDefaults.NoStrings;

    [LiteralText]
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = ConfigDefaults.NoStrings;

    [NotBound]
    public bool IsAlert => Alert.Length > 0;
}
