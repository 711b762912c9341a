namespace Streamline.Pipeline.Exposition;

/// <summary>Which values a sample of a type may have.</summary>
internal static class ValueRules
{
    public static void Check(MetricType type, string suffix, SampleLine sample, Findings findings)
    {
        if (Fault(type, suffix, sample.Value) is { } fault) findings.Error(sample.ValueAt, fault);
    }

    private static string? Fault(MetricType type, string suffix, double value) => (type, suffix) switch
    {
        (MetricType.Counter, "_total") => Counter(value),
        (MetricType.Histogram or MetricType.Summary, "_sum") => Counter(value),
        (MetricType.Histogram or MetricType.GaugeHistogram, "_bucket") => Count(value),
        (MetricType.Histogram or MetricType.Summary, "_count") => Count(value),
        (MetricType.GaugeHistogram, "_gcount") => Count(value),
        (MetricType.GaugeHistogram, "_gsum") => double.IsNaN(value) ? "the sum is NaN: leave it out where there is none" : null,
        (MetricType.Summary, "") => value < 0 ? "the value of a quantile is negative: summaries are of what is not negative" : null,
        (MetricType.Info, _) => value != 1 ? "the value of an info is always 1: its labels are what it tells" : null,
        (MetricType.StateSet, _) => value is not (0 or 1) ? "a state is 1 (true) or 0 (false)" : null,
        (_, "_created") => double.IsFinite(value) ? null : "the time of creation is no moment: write Unix seconds",
        _ => null,
    };

    private static string? Counter(double value)
    {
        if (double.IsNaN(value)) return "a counter is never NaN: write what was counted";
        return value < 0 ? "a counter is never negative: use a gauge for what can fall" : null;
    }

    private static string? Count(double value)
    {
        if (double.IsNaN(value) || value < 0) return "a count is never negative or NaN: write how many there were";
        return Math.Floor(value) != value || double.IsInfinity(value) ? "a count is a whole number" : null;
    }
}
