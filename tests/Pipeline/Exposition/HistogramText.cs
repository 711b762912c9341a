using Streamline.Storage;

namespace Streamline.Pipeline.Tests.Exposition;

/// <summary>A native histogram on one line.</summary>
internal static class HistogramText
{
    public static string Of(NativeHistogram histogram)
    {
        string kind = histogram.IsInteger ? "int" : "float";
        string hint = histogram.ResetHint == CounterResetHint.Gauge ? " gauge" : "";
        string zero = histogram.HasCustomBuckets ? "" : $" zero {N(histogram.ZeroThreshold)}:{N(histogram.ZeroCount)}";
        string bounds = histogram.HasCustomBuckets ? $" bounds {Join(histogram.CustomBounds)}" : "";
        return $"{kind}{hint} schema {histogram.Schema} count {N(histogram.Count)} sum {N(histogram.Sum)}{zero}{bounds}" +
            Side(" +", histogram.PositiveSpans, histogram.PositiveBuckets) + Side(" -", histogram.NegativeSpans, histogram.NegativeBuckets);
    }

    private static string Side(string sign, ReadOnlySpan<HistogramSpan> spans, ReadOnlySpan<double> counts) =>
        spans.IsEmpty ? "" : $"{sign}{string.Join(',', spans.ToArray().Select(s => $"{s.Offset}/{s.Length}"))}[{Join(counts)}]";

    private static string Join(ReadOnlySpan<double> values) => string.Join(' ', values.ToArray().Select(N));

    private static string N(double value) => FloatText.Format(value);
}
