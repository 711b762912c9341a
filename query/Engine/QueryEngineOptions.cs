using System.Diagnostics.Metrics;

namespace Streamline.Query;

/// <summary>Limits and switches of the engine (flags <c>--query.*</c>). Durations are milliseconds.</summary>
public sealed record QueryEngineOptions
{
    /// <summary>How far back an instant selector looks, <c>--query.lookback-delta</c>.</summary>
    public long LookbackMs { get; init; } = 5 * 60 * 1000;

    /// <summary>Longest run of a query, <c>--query.timeout</c>.</summary>
    public long TimeoutMs { get; init; } = 2 * 60 * 1000;

    /// <summary>Queries at a time, <c>--query.max-concurrency</c>; others wait.</summary>
    public int MaxConcurrency { get; init; } = 20;

    /// <summary>Samples one query may hold at once, <c>--query.max-samples</c>.</summary>
    public long MaxSamples { get; init; } = 50_000_000;

    /// <summary>Step of a subquery that names none: the global evaluation interval.</summary>
    public long DefaultSubqueryStepMs { get; init; } = 60_000;

    /// <summary>Functions behind <c>promql-experimental-functions</c>.</summary>
    public bool ExperimentalFunctions { get; init; }

    /// <summary>The modifiers <c>anchored</c> and <c>smoothed</c>, <c>promql-extended-range-selectors</c>.</summary>
    public bool ExtendedRangeSelectors { get; init; }

    /// <summary>The modifiers <c>fill</c>, <c>fill_left</c>, <c>fill_right</c>, <c>promql-binop-fill-modifiers</c>.</summary>
    public bool FillModifiers { get; init; }

    /// <summary>Metric names are dropped at the end of the query only, <c>promql-delayed-name-removal</c>.</summary>
    public bool DelayedNameRemoval { get; init; }

    /// <summary>Counts of samples by step for those who ask, <c>promql-per-step-stats</c>.</summary>
    public bool PerStepStats { get; init; }

    /// <summary>Sees the queries; null is nobody.</summary>
    public IQueryObserver? Observer { get; init; }

    /// <summary>Functions on counters look at start timestamps, <c>use-start-timestamps</c>.</summary>
    public bool UseStartTimestamps { get; init; }

    /// <summary>Series carry <c>__type__</c> and <c>__unit__</c>, <c>type-and-unit-labels</c>: whether a metric is a counter is read there.</summary>
    public bool TypeAndUnitLabels { get; init; }

    /// <summary>Clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Where metrics (<c>prometheus_engine_*</c>) are published; null publishes nothing.</summary>
    public Meter? Meter { get; init; }
}

/// <summary>Parameters of one query. Null means the engine's own setting.</summary>
public sealed record QueryParameters
{
    /// <summary>No special wishes.</summary>
    public static readonly QueryParameters Default = new();

    /// <summary>Lookback for this query, ms.</summary>
    public long? LookbackMs { get; init; }

    /// <summary>Timeout for this query, ms; the engine's own is the upper bound.</summary>
    public long? TimeoutMs { get; init; }

    /// <summary>Counts of samples by step are wanted; the engine's switch must be on too.</summary>
    public bool PerStepStats { get; init; }

    /// <summary>Whether the operators are wanted instead of the answer.</summary>
    public ExplainMode Explain { get; init; }

    /// <summary>Who asks, for the query log.</summary>
    public QueryOrigin? Origin { get; init; }
}
