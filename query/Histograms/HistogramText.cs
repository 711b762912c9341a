using System.Text;
using Streamline.Query.Syntax;
using Streamline.Storage;

namespace Streamline.Query.Histograms;

/// <summary>A histogram as Prometheus prints it, for the labels of <c>count_values</c>.</summary>
internal static class HistogramText
{
    /// <param name="histogram">What to print.</param>
    /// <param name="wholeCounts">Counts as integers have them, without an exponent.</param>
    public static string Of(NativeHistogram histogram, bool wholeCounts = false)
    {
        var text = new StringBuilder("{count:");
        AppendCount(text, histogram.Count, wholeCounts);
        text.Append(", sum:");
        GoNumbers.AppendGeneral(text, histogram.Sum);
        foreach (HistogramBucket bucket in Unclipped(histogram))
        {
            if (bucket.Count != 0) AppendBucket(text, bucket, wholeCounts);
        }
        return text.Append('}').ToString();
    }

    /// <summary>Buckets as they are, without the correction by the zero bucket that quantiles make.</summary>
    private static ReadOnlySpan<HistogramBucket> Unclipped(NativeHistogram histogram)
    {
        var buckets = new List<HistogramBucket>();
        AddSide(buckets, histogram, histogram.NegativeSpans, histogram.NegativeBuckets, isPositive: false);
        buckets.Reverse();
        if (histogram.ZeroCount != 0) buckets.Add(BucketList.Zero(histogram));
        AddSide(buckets, histogram, histogram.PositiveSpans, histogram.PositiveBuckets, isPositive: true);
        return buckets.ToArray();
    }

    private static void AddSide(List<HistogramBucket> buckets, NativeHistogram histogram, ReadOnlySpan<HistogramSpan> spans, ReadOnlySpan<double> counts, bool isPositive)
    {
        int index = 0, at = 0;
        foreach (HistogramSpan span in spans)
        {
            index += span.Offset;
            for (uint i = 0; i < span.Length && at < counts.Length; i++, index++, at++) buckets.Add(BucketList.At(histogram, index, counts[at], isPositive));
        }
    }

    private static void AppendBucket(StringBuilder text, HistogramBucket bucket, bool wholeCounts)
    {
        text.Append(bucket.LowerInclusive ? ", [" : ", (");
        GoNumbers.AppendGeneral(text, bucket.Lower);
        text.Append(',');
        GoNumbers.AppendGeneral(text, bucket.Upper);
        text.Append(bucket.UpperInclusive ? "]:" : "):");
        AppendCount(text, bucket.Count, wholeCounts);
    }

    private static void AppendCount(StringBuilder text, double count, bool isWhole)
    {
        if (isWhole) text.Append((ulong)count);
        else GoNumbers.AppendGeneral(text, count);
    }
}
