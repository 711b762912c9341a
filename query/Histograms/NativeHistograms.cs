using Streamline.Query.Histograms;
using Streamline.Storage;

namespace Streamline.Query;

/// <summary>What answers show of native histograms.</summary>
public static class NativeHistograms
{
    /// <summary>All buckets from the lowest to the highest. Buckets that reach into the zero bucket end at it; the zero bucket is there if it is populated.</summary>
    public static ReadOnlySpan<HistogramBucket> Buckets(this NativeHistogram histogram)
    {
        ArgumentNullException.ThrowIfNull(histogram);
        return new BucketList().Read(histogram);
    }

    /// <summary>The histogram as Prometheus prints it, as in templates and in the labels of <c>count_values</c>.</summary>
    public static string Text(this NativeHistogram histogram)
    {
        ArgumentNullException.ThrowIfNull(histogram);
        return HistogramText.Of(histogram);
    }

    /// <summary>The same as Prometheus's tools print what is stored: counts of integer histograms are whole numbers.</summary>
    public static string StoredText(this NativeHistogram histogram)
    {
        ArgumentNullException.ThrowIfNull(histogram);
        return HistogramText.Of(histogram, histogram.IsInteger);
    }
}
