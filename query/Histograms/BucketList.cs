using Streamline.Storage;

namespace Streamline.Query.Histograms;

/// <summary>All buckets of a histogram from the lowest to the highest, empty ones included as they are stored. Used again for the next histogram.</summary>
internal sealed class BucketList
{
    private HistogramBucket[] _buckets = [];
    private int _length;

    /// <summary>The buckets, rising.</summary>
    public ReadOnlySpan<HistogramBucket> Buckets => _buckets.AsSpan(0, _length);

    /// <summary>Reads a histogram: negative buckets, the zero bucket if it is populated, positive ones. Buckets that reach into the zero bucket end at it.</summary>
    public ReadOnlySpan<HistogramBucket> Read(NativeHistogram histogram)
    {
        _length = 0;
        int capacity = histogram.NegativeBuckets.Length + histogram.PositiveBuckets.Length + 1;
        if (_buckets.Length < capacity) _buckets = new HistogramBucket[Math.Max(capacity, 2 * _buckets.Length)];
        AddSide(histogram, histogram.NegativeSpans, histogram.NegativeBuckets, isPositive: false);
        _buckets.AsSpan(0, _length).Reverse();
        if (histogram.ZeroCount > 0 && !histogram.HasCustomBuckets)
            _buckets[_length++] = Zero(histogram);
        AddSide(histogram, histogram.PositiveSpans, histogram.PositiveBuckets, isPositive: true);
        return Buckets;
    }

    /// <summary>The bucket at a place of one side.</summary>
    public static HistogramBucket At(NativeHistogram histogram, int index, double count, bool isPositive)
    {
        if (histogram.HasCustomBuckets)
        {
            double lower = BucketBounds.Upper(index - 1, histogram.CustomBounds), upper = BucketBounds.Upper(index, histogram.CustomBounds);
            return new HistogramBucket(lower, upper, count, LowerInclusive: index == 0, UpperInclusive: true);
        }
        double near = BucketBounds.Upper(index - 1, histogram.Schema), far = BucketBounds.Upper(index, histogram.Schema);
        return isPositive ? new HistogramBucket(near, far, count, false, true) : new HistogramBucket(-far, -near, count, true, false);
    }

    /// <summary>The zero bucket.</summary>
    public static HistogramBucket Zero(NativeHistogram histogram) => new(-histogram.ZeroThreshold, histogram.ZeroThreshold, histogram.ZeroCount, true, true);

    private void AddSide(NativeHistogram histogram, ReadOnlySpan<HistogramSpan> spans, ReadOnlySpan<double> counts, bool isPositive)
    {
        int index = 0, at = 0;
        foreach (HistogramSpan span in spans)
        {
            index += span.Offset;
            for (uint i = 0; i < span.Length && at < counts.Length; i++, index++, at++)
                _buckets[_length++] = Clipped(At(histogram, index, counts[at], isPositive), histogram.ZeroThreshold);
        }
    }

    private static HistogramBucket Clipped(HistogramBucket bucket, double threshold)
    {
        if (bucket.Upper < 0 && bucket.Upper > -threshold) return bucket with { Upper = -threshold };
        return bucket.Lower > 0 && bucket.Lower < threshold ? bucket with { Lower = threshold } : bucket;
    }
}
