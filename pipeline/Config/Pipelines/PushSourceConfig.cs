namespace Streamline.Pipeline.Config;

/// <summary>The Pushgateway API.</summary>
internal sealed record PushSourceConfig : ConfigNode
{
    public string Name { get; init; } = "";

    /// <summary>A group that is not pushed again within this time goes stale; 0 keeps groups until they are deleted.</summary>
    public TimeSpan Ttl { get; init; }

    /// <summary>How often pushed groups are written again so that they stay visible. Not written: the global scrape interval.</summary>
    public TimeSpan Interval { get; init; }

    /// <summary>replace: a POST replaces the families it brings, as the Pushgateway's. aggregate: it adds to them.</summary>
    public PushMode Mode { get; init; }

    /// <summary>With aggregate: what becomes of a gauge.</summary>
    public PushGaugeRule Gauges { get; init; }

    /// <summary>The same for single metrics, by name.</summary>
    public IReadOnlyDictionary<string, PushGaugeRule> GaugesByName { get; init; } = new Dictionary<string, PushGaugeRule>();

    /// <summary>Groups that may be held at once.</summary>
    public int MaxGroups { get; init; } = 10_000;

    public PushGaugeRule RuleFor(string metric) => GaugesByName.GetValueOrDefault(metric, Gauges);
}

/// <summary>What a POST does to a family that its group has.</summary>
internal enum PushMode
{
    [Key("replace")]
    Replace,

    [Key("aggregate")]
    Aggregate,
}

/// <summary>How the values of a gauge are joined.</summary>
internal enum PushGaugeRule
{
    [Key("last")]
    Last,

    [Key("max")]
    Max,

    [Key("min")]
    Min,

    [Key("sum")]
    Sum,
}
