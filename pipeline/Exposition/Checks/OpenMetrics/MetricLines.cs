using Streamline.Storage;

namespace Streamline.Pipeline.Exposition;

/// <summary>The metric that is being read (the series of a family that share their labels), with its last point. Forgotten at its end: a body may have millions.</summary>
internal sealed class MetricLines(Labels labels)
{
    public Labels Labels { get; } = labels;

    /// <summary>Samples of the last point, by suffix and bound, quantile or state.</summary>
    public HashSet<string> Samples { get; } = new(StringComparer.Ordinal);

    /// <summary>Seconds of the last point, null for one without a timestamp.</summary>
    public double? Timestamp { get; set; }

    public PointLines? Point { get; set; }

    /// <summary>Its series, over all points.</summary>
    public HashSet<string> Series { get; } = new(StringComparer.Ordinal);
}
