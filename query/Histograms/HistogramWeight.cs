using Streamline.Storage;

namespace Streamline.Query.Histograms;

/// <summary>How much a histogram weighs against <c>--query.max-samples</c>, in float samples of 16 bytes (HPoint.size of Prometheus).</summary>
internal static class HistogramWeight
{
    private const int FixedBytes = 168 + 8;

    public static int Of(NativeHistogram histogram)
    {
        int items = histogram.PositiveSpans.Length + histogram.NegativeSpans.Length + histogram.PositiveBuckets.Length + histogram.NegativeBuckets.Length
            + histogram.CustomBounds.Length;
        return (FixedBytes + (8 * items)) / 16;
    }
}
