namespace Streamline.Storage.Histograms;

/// <summary>What the store asks of histograms.</summary>
internal static class HistogramFacts
{
    /// <summary>Whether two samples of one time say the same: all but hints and the way that spans are cut.</summary>
    public static bool AreSame(NativeHistogram one, NativeHistogram other) =>
        one.IsInteger == other.IsInteger && one.Schema == other.Schema && one.Count == other.Count && one.ZeroCount == other.ZeroCount && one.ZeroThreshold == other.ZeroThreshold
        && BitConverter.DoubleToUInt64Bits(one.Sum) == BitConverter.DoubleToUInt64Bits(other.Sum) && one.CustomBounds.SequenceEqual(other.CustomBounds)
        && HaveSameBuckets(one.PositiveSpans, one.PositiveBuckets, other.PositiveSpans, other.PositiveBuckets)
        && HaveSameBuckets(one.NegativeSpans, one.NegativeBuckets, other.NegativeSpans, other.NegativeBuckets);

    /// <summary>Buckets that spans name.</summary>
    public static int Buckets(NativeHistogram histogram) => histogram.PositiveBuckets.Length + histogram.NegativeBuckets.Length;

    /// <summary>Bytes that always suffice for the histogram in a chunk of its own.</summary>
    public static long WorstBytes(NativeHistogram histogram)
    {
        const int fixedBytes = 96, bytesPerSpan = 16, bytesPerBound = 9;
        return fixedBytes + (histogram.PositiveSpans.Length + histogram.NegativeSpans.Length) * (long)bytesPerSpan + histogram.CustomBounds.Length * (long)bytesPerBound + WorstBucketBytes(histogram);
    }

    /// <summary>Bytes that always suffice for the histogram behind others.</summary>
    public static long WorstLaterBytes(NativeHistogram histogram)
    {
        const int fixedBytes = 40;
        return fixedBytes + WorstBucketBytes(histogram);
    }

    private static long WorstBucketBytes(NativeHistogram histogram)
    {
        const int bytesPerBucket = 10;
        return Buckets(histogram) * (long)bytesPerBucket;
    }

    private static bool HaveSameBuckets(ReadOnlySpan<HistogramSpan> spans, ReadOnlySpan<double> counts, ReadOnlySpan<HistogramSpan> otherSpans, ReadOnlySpan<double> otherCounts)
    {
        var one = new BucketWalk(spans);
        var other = new BucketWalk(otherSpans);
        while (one.Next())
        {
            if (!other.Next() || one.Index != other.Index || counts[one.Place] != otherCounts[other.Place]) return false;
        }
        return !other.Next();
    }
}
