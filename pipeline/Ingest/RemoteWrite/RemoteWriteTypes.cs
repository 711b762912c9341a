using Streamline.Pipeline.Exposition;

namespace Streamline.Pipeline.Ingest;

/// <summary>Metric types as both versions of remote write number them.</summary>
internal static class RemoteWriteTypes
{
    public static MetricType Of(int number) => number switch
    {
        1 => MetricType.Counter,
        2 => MetricType.Gauge,
        3 => MetricType.Histogram,
        4 => MetricType.GaugeHistogram,
        5 => MetricType.Summary,
        6 => MetricType.Info,
        7 => MetricType.StateSet,
        _ => MetricType.Unknown,
    };
}
