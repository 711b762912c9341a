using Streamline.Query.Kernels;
using Streamline.Storage;

namespace Streamline.Query.Histograms;

/// <summary>What the caller should tell about NaN observations, which are counted but lie in no bucket.</summary>
internal enum NaNNote
{
    None,

    /// <summary>The quantile falls beyond all buckets.</summary>
    Result,

    /// <summary>NaN counts as above everything, so the quantile is too high.</summary>
    Skewed,

    /// <summary>They are in no fraction.</summary>
    Excluded,
}

/// <summary>
/// Quantile, fraction and variance of native histograms (promql/quantile.go). Custom buckets and the zero bucket are interpolated on a linear scale, exponential
/// ones on a logarithmic one. Keeps its scratch: one for each operator.
/// </summary>
internal sealed class NativeQuantiles
{
    private readonly BucketList _list = new();

    /// <summary>The value below which a part of the observations lies.</summary>
    public double Quantile(double q, NativeHistogram histogram, out NaNNote note)
    {
        note = NaNNote.None;
        if (q < 0) return double.NegativeInfinity;
        if (q > 1) return double.PositiveInfinity;
        if (histogram.Count == 0 || double.IsNaN(q)) return double.NaN;
        ReadOnlySpan<HistogramBucket> buckets = _list.Read(histogram);
        // Counting from the nearer end keeps the rounding small; NaN observations lie at no end, so one has to begin below.
        bool hasNaN = double.IsNaN(histogram.Sum), forward = hasNaN || q < 0.5;
        double rank = (forward ? q : 1 - q) * histogram.Count;
        int at = Find(buckets, rank, forward, out double count);
        HistogramBucket bucket = at < 0 ? default : buckets[at];
        if (histogram.HasCustomBuckets && at >= 0)
        {
            if (double.IsNegativeInfinity(bucket.Lower))
            {
                if (bucket.Upper <= 0) return bucket.Upper;
                bucket = bucket with { Lower = 0 };
            }
            else if (double.IsPositiveInfinity(bucket.Upper)) return bucket.Lower;
        }
        else bucket = OneSided(bucket, histogram);
        count = Math.Min(count, histogram.Count);
        if (count < rank)
        {
            if (!hasNaN) return bucket.Upper;
            note = NaNNote.Result;
            return double.NaN;
        }
        if (hasNaN && Rest(buckets, at + 1) + count < histogram.Count) note = NaNNote.Skewed;
        double inside = forward ? rank - (count - bucket.Count) : count - rank;
        return Interpolate(bucket, inside / bucket.Count, histogram.HasCustomBuckets);
    }

    /// <summary>The part of the observations between two values.</summary>
    public double Fraction(double lower, double upper, NativeHistogram histogram, out NaNNote note)
    {
        note = NaNNote.None;
        if (histogram.Count == 0 || double.IsNaN(lower) || double.IsNaN(upper)) return double.NaN;
        if (lower >= upper) return 0;
        ReadOnlySpan<HistogramBucket> buckets = _list.Read(histogram);
        double total = histogram.Count;
        if (double.IsNaN(histogram.Sum))
        {
            total = Rest(buckets, 0);
            if (total < histogram.Count) note = NaNNote.Excluded;
        }
        double upperRank = Math.Min(RankOf(upper, buckets, histogram) ?? total, total), lowerRank = Math.Min(RankOf(lower, buckets, histogram) ?? total, total);
        return (upperRank - lowerRank) / histogram.Count;
    }

    /// <summary>Variance, as if all observations of a bucket lay at its middle: the geometric one of exponential buckets, 0 for the zero bucket.</summary>
    public double Variance(NativeHistogram histogram)
    {
        double mean = histogram.Sum / histogram.Count, variance = 0, rest = 0;
        foreach (HistogramBucket bucket in _list.Read(histogram))
        {
            if (bucket.Count == 0) continue;
            double middle = Middle(bucket, histogram.HasCustomBuckets), delta = middle - mean;
            CompensatedSum.Add(bucket.Count * delta * delta, ref variance, ref rest);
        }
        return (variance + rest) / histogram.Count;
    }

    private static double Middle(HistogramBucket bucket, bool custom)
    {
        if (custom) return (bucket.Upper + bucket.Lower) / 2;
        if (bucket.Lower <= 0 && bucket.Upper >= 0) return 0;
        double middle = Math.Sqrt(bucket.Upper * bucket.Lower);
        return bucket.Upper < 0 ? -middle : middle;
    }

    /// <summary>The populated bucket at which the count from one end reaches the rank, or the last populated one; -1 without any bucket.</summary>
    private static int Find(ReadOnlySpan<HistogramBucket> buckets, double rank, bool forward, out double count)
    {
        count = 0;
        int last = -1;
        for (int i = 0; i < buckets.Length; i++)
        {
            int at = forward ? i : buckets.Length - 1 - i;
            last = at;
            if (buckets[at].Count == 0) continue;
            count += buckets[at].Count;
            if (count >= rank) return at;
        }
        return last;
    }

    private static double Rest(ReadOnlySpan<HistogramBucket> buckets, int from)
    {
        double count = 0;
        for (int i = from; i < buckets.Length; i++) count += buckets[i].Count;
        return count;
    }

    /// <summary>The zero bucket of a histogram with observations on one side only is taken to end at 0.</summary>
    private static HistogramBucket OneSided(HistogramBucket bucket, NativeHistogram histogram)
    {
        if (!(bucket.Lower < 0 && bucket.Upper > 0)) return bucket;
        bool negative = histogram.NegativeBuckets.Length > 0, positive = histogram.PositiveBuckets.Length > 0;
        if (positive && !negative) return bucket with { Lower = 0 };
        return negative && !positive ? bucket with { Upper = 0 } : bucket;
    }

    private static double Interpolate(HistogramBucket bucket, double fraction, bool custom)
    {
        if (custom || (bucket.Lower <= 0 && bucket.Upper >= 0)) return bucket.Lower + ((bucket.Upper - bucket.Lower) * fraction);
        double lower = Math.Log2(Math.Abs(bucket.Lower)), upper = Math.Log2(Math.Abs(bucket.Upper));
        return bucket.Lower > 0 ? Math.Pow(2, lower + ((upper - lower) * fraction)) : -Math.Pow(2, upper + ((lower - upper) * (1 - fraction)));
    }

    /// <summary>Observations below a value; null when it lies beyond all buckets.</summary>
    private static double? RankOf(double value, ReadOnlySpan<HistogramBucket> buckets, NativeHistogram histogram)
    {
        double below = 0;
        foreach (HistogramBucket stored in buckets)
        {
            bool isZero = stored.Lower <= 0 && stored.Upper >= 0;
            HistogramBucket bucket = isZero ? OneSided(stored, histogram) : stored;
            if (bucket.Lower >= value) return below;
            if (bucket.Upper > value)
            {
                // Nothing can be interpolated in a bucket without end: the lowest counts whole.
                if ((histogram.HasCustomBuckets || isZero) && double.IsNegativeInfinity(bucket.Lower)) return bucket.Count;
                return below + (bucket.Count * bucket.FractionBelow(value, histogram.HasCustomBuckets || isZero));
            }
            below += bucket.Count;
        }
        return null;
    }
}
