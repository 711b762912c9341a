using Streamline.Storage;

namespace Streamline.Pipeline.Exposition;

/// <summary>One metric of an OpenMetrics body (the series of a family that share their labels) with the point that is being read.</summary>
internal sealed class MetricLines(Labels labels, Place first)
{
    public Labels Labels { get; } = labels;

    public Place First { get; } = first;

    /// <summary>Samples of the last point, by suffix and bound, quantile or state.</summary>
    public HashSet<string> Samples { get; } = new(StringComparer.Ordinal);

    /// <summary>Seconds of the last point, null for one without a timestamp.</summary>
    public double? Timestamp { get; set; }

    public PointLines? Point { get; set; }

    /// <summary>All its series, over all points.</summary>
    public HashSet<string> Series { get; } = new(StringComparer.Ordinal);
}
