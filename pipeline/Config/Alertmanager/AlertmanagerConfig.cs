namespace Streamline.Pipeline.Config;

/// <summary>An alertmanager.yml, as it stands under <c>alertmanager:</c>.</summary>
internal sealed record AlertmanagerConfig : ConfigNode
{
    public AlertmanagerGlobalConfig Global { get; init; } = new();

    /// <summary>Not null after loading.</summary>
    public RouteConfig? Route { get; init; }

    public IReadOnlyList<ReceiverConfig> Receivers { get; init; } = [];

    /// <summary>Globs of template files.</summary>
    [Path]
    public IReadOnlyList<string> Templates { get; init; } = [];

    public IReadOnlyList<InhibitRuleConfig> InhibitRules { get; init; } = [];
    public IReadOnlyList<TimeIntervalConfig> TimeIntervals { get; init; } = [];

    /// <summary>The older name of the same.</summary>
    public IReadOnlyList<TimeIntervalConfig> MuteTimeIntervals { get; init; } = [];

    [NoEffectYet]
    public TracingConfig? Tracing { get; init; }

    [NoEffectYet]
    public YamlMapping? EventRecorder { get; init; }
}

/// <summary>A node of the route tree. After loading, what is inherited from the parent is filled in.</summary>
internal sealed record RouteConfig : ConfigNode
{
    public string Receiver { get; init; } = "";

    /// <summary>Label names, or <c>...</c> alone for all. Null as written: the parent's; never null after loading.</summary>
    public IReadOnlyList<string>? GroupBy { get; init; }

    public bool Continue { get; init; }

    [LiteralText]
    public IReadOnlyList<MatcherList> Matchers { get; init; } = [];

    [LiteralText]
    public IReadOnlyDictionary<string, string> Match { get; init; } = ConfigDefaults.NoStrings;

    [LiteralText]
    public IReadOnlyDictionary<string, string> MatchRe { get; init; } = ConfigDefaults.NoStrings;

    /// <summary>Templates evaluated per group.</summary>
    [LiteralText]
    public IReadOnlyDictionary<string, string> Labels { get; init; } = ConfigDefaults.NoStrings;

    /// <summary>30s at the root, else the parent's; like the next two never null after loading.</summary>
    public TimeSpan? GroupWait { get; init; }

    public TimeSpan? GroupInterval { get; init; }
    public TimeSpan? RepeatInterval { get; init; }
    public IReadOnlyList<string> MuteTimeIntervals { get; init; } = [];
    public IReadOnlyList<string> ActiveTimeIntervals { get; init; } = [];
    public IReadOnlyList<RouteConfig> Routes { get; init; } = [];

    /// <summary><see cref="Matchers"/>, <see cref="Match"/> and <see cref="MatchRe"/> in one list, sorted by name, value, operator. Filled at load.</summary>
    [NotBound]
    public IReadOnlyList<MatcherConfig> AllMatchers { get; init; } = [];
}

/// <summary>While a source alert fires, targets with equal labels are kept quiet.</summary>
internal sealed record InhibitRuleConfig : ConfigNode
{
    public string Name { get; init; } = "";

    [LiteralText]
    public IReadOnlyDictionary<string, string> SourceMatch { get; init; } = ConfigDefaults.NoStrings;

    [LiteralText]
    public IReadOnlyDictionary<string, string> SourceMatchRe { get; init; } = ConfigDefaults.NoStrings;

    [LiteralText]
    public IReadOnlyList<MatcherList> SourceMatchers { get; init; } = [];

    [LiteralText]
    public IReadOnlyDictionary<string, string> TargetMatch { get; init; } = ConfigDefaults.NoStrings;

    [LiteralText]
    public IReadOnlyDictionary<string, string> TargetMatchRe { get; init; } = ConfigDefaults.NoStrings;

    [LiteralText]
    public IReadOnlyList<MatcherList> TargetMatchers { get; init; } = [];

    public IReadOnlyList<string> Equal { get; init; } = [];

    /// <summary>All source conditions in one list. Filled at load.</summary>
    [NotBound]
    public IReadOnlyList<MatcherConfig> AllSourceMatchers { get; init; } = [];

    [NotBound]
    public IReadOnlyList<MatcherConfig> AllTargetMatchers { get; init; } = [];
}
