namespace Streamline.Pipeline.Exposition;

/// <summary>Types of metric families, as /api/v1/metadata names them in lower case.</summary>
internal enum MetricType
{
    /// <summary>Not said, or <c>untyped</c>.</summary>
    Unknown,

    /// <summary>Rises only.</summary>
    Counter,

    /// <summary>Goes up and down.</summary>
    Gauge,

    /// <summary>Buckets, sum, count.</summary>
    Histogram,

    /// <summary>OpenMetrics: a histogram that may shrink.</summary>
    GaugeHistogram,

    /// <summary>Quantiles, sum, count.</summary>
    Summary,

    /// <summary>OpenMetrics: facts as labels.</summary>
    Info,

    /// <summary>OpenMetrics: one of several states.</summary>
    StateSet,
}
