namespace Streamline.Pipeline.Config;

/// <summary>One stage: exactly one property is set.</summary>
[Choice("stage")]
internal sealed record StageConfig : ConfigNode
{
    public IReadOnlyList<RelabelConfig>? Relabel { get; init; }
    public LimitStageConfig? Limit { get; init; }
    public AggregateStageConfig? Aggregate { get; init; }
    public DeriveStageConfig? Derive { get; init; }
    public SampleStageConfig? Sample { get; init; }
    public DropStageConfig? Drop { get; init; }

    /// <summary>A name of its own, for the graph and for keeping state over a reload.</summary>
    [Beside]
    public string Name { get; init; } = "";

    /// <summary>relabel, limit, aggregate, derive, sample, drop.</summary>
    [NotBound]
    public string Kind =>
        Relabel is not null ? "relabel" : Limit is not null ? "limit" : Aggregate is not null ? "aggregate" : Derive is not null ? "derive" : Sample is not null ? "sample" : "drop";

    /// <summary>Done at the source, once per new series; the others work on batches.</summary>
    [NotBound]
    public bool IsOnLabels => Kind is "relabel" or "limit" or "drop";
}

/// <summary>Admission of new series; 0 is no limit.</summary>
internal sealed record LimitStageConfig : ConfigNode
{
    public int ActiveSeries { get; init; }
    public int NewSeriesPerHour { get; init; }
    public LimitAction OnLimit { get; init; } = LimitAction.RejectNew;

    /// <summary>For <c>aggregate_away</c>: the labels that are taken away.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    public override void Check(ConfigErrors errors)
    {
        if (ActiveSeries == 0 && NewSeriesPerHour == 0 && Origin.Failed.Count == 0) errors.Add(this, "", "a limit needs \"active_series\" or \"new_series_per_hour\" above 0");
        if (OnLimit == LimitAction.AggregateAway && Labels.Count == 0) errors.Add(this, "labels", "aggregate_away needs the \"labels\" to take away");
        if (OnLimit != LimitAction.AggregateAway && Labels.Count > 0) errors.Add(this, "labels", "\"labels\" is for on_limit: aggregate_away only");
    }
}

/// <summary>What happens to a new series above the limit.</summary>
internal enum LimitAction
{
    [Key("reject_new")]
    RejectNew,

    [Key("fail")]
    Fail,

    [Key("aggregate_away")]
    AggregateAway,
}

/// <summary>Folds series into fewer before they are stored.</summary>
internal sealed record AggregateStageConfig : ConfigNode
{
    /// <summary>Selectors; a series that matches any of them is folded.</summary>
    [RequiredKey, LiteralText]
    public OneOrMany Match { get; init; } = OneOrMany.None;

    public IReadOnlyList<string> By { get; init; } = [];
    public IReadOnlyList<string> Without { get; init; } = [];
    public TimeSpan Interval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>total, increase, sum, count, avg, min, max, last.</summary>
    [RequiredKey]
    public IReadOnlyList<string> Outputs { get; init; } = [];

    public bool KeepInput { get; init; }

    public override void Check(ConfigErrors errors)
    {
        HttpChecks.AtMostOne(this, errors, "by", "without");
        if (Interval <= TimeSpan.Zero && !Origin.Failed.Contains("interval")) errors.Add(this, "interval", "must be above 0");
        ExpressionChecks.CheckSelectors(this, "match", Match, errors);
        Stages.AggregateChecks.CheckOutputs(this, errors);
    }
}

/// <summary>Computes new series from the series of one batch.</summary>
internal sealed record DeriveStageConfig : ConfigNode
{
    [RequiredKey]
    public string Record { get; init; } = "";

    [RequiredKey, LiteralText]
    public string Expr { get; init; } = "";

    [LiteralText]
    public IReadOnlyDictionary<string, string> Labels { get; init; } = ConfigDefaults.NoStrings;

    public override void Check(ConfigErrors errors)
    {
        ExpressionChecks.CheckExpression(this, "expr", Expr, errors);
        Stages.DeriveChecks.Check(this, errors);
    }
}

/// <summary>Keeps at most one sample of a series per interval.</summary>
internal sealed record SampleStageConfig : ConfigNode
{
    [LiteralText]
    public OneOrMany Match { get; init; } = OneOrMany.None;

    [RequiredKey]
    public TimeSpan Interval { get; init; }

    public override void Check(ConfigErrors errors) => ExpressionChecks.CheckSelectors(this, "match", Match, errors);
}

/// <summary>Drops the series that match.</summary>
internal sealed record DropStageConfig : ConfigNode
{
    [RequiredKey, LiteralText]
    public OneOrMany Match { get; init; } = OneOrMany.None;

    public override void Check(ConfigErrors errors) => ExpressionChecks.CheckSelectors(this, "match", Match, errors);
}
