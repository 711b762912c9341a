namespace Streamline.Pipeline.Exposition;

/// <summary>Which sample names a family of a type has, as suffixes of its name.</summary>
internal static class SampleSuffixes
{
    /// <summary>Every suffix that a type gives a meaning.</summary>
    public static readonly string[] All = ["_total", "_created", "_bucket", "_count", "_sum", "_gcount", "_gsum", "_info"];

    public static string[] Of(MetricType type) => type switch
    {
        MetricType.Counter => ["_total", "_created"],
        MetricType.Histogram => ["_bucket", "_count", "_sum", "_created"],
        MetricType.GaugeHistogram => ["_bucket", "_gcount", "_gsum"],
        MetricType.Summary => ["", "_count", "_sum", "_created"],
        MetricType.Info => ["_info"],
        MetricType.Unknown or MetricType.Gauge or MetricType.StateSet => [""],
    };

    /// <summary>The name without a suffix that some type gives a meaning, or null.</summary>
    public static string? BaseOf(string name)
    {
        foreach (string suffix in All)
        {
            if (name.Length > suffix.Length && name.EndsWith(suffix, StringComparison.Ordinal)) return name[..^suffix.Length];
        }
        return null;
    }
}
