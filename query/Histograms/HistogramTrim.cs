using Streamline.Storage;

namespace Streamline.Query.Histograms;

/// <summary>
/// The operators <c>&lt;/</c> and <c>&gt;/</c>: what of a histogram lies below or above a value. The bucket that holds the value is split by interpolation, and the
/// sum is estimated anew from the middles of what is left; a histogram from which nothing goes keeps its sum.
/// </summary>
internal static class HistogramTrim
{
    public static NativeHistogram Trim(NativeHistogram histogram, double value, bool keepsBelow)
    {
        var trim = new Cut(histogram, value, keepsBelow);
        double[] positive = trim.Side(histogram.PositiveSpans, histogram.PositiveBuckets, isPositive: true);
        double[] negative = trim.Side(histogram.NegativeSpans, histogram.NegativeBuckets, isPositive: false);
        double zero = histogram.ZeroCount > 0 && !histogram.HasCustomBuckets ? trim.Zero() : histogram.ZeroCount;
        var trimmed = new NativeHistogram
        {
            Schema = histogram.Schema,
            ZeroThreshold = histogram.ZeroThreshold,
            ZeroCount = zero,
            Count = trim.Changed ? trim.Count : histogram.Count,
            Sum = trim.Changed ? trim.Sum : histogram.Sum,
            ResetHint = histogram.ResetHint,
            PositiveSpanArray = histogram.PositiveSpanArray,
            NegativeSpanArray = histogram.NegativeSpanArray,
            PositiveBucketArray = positive,
            NegativeBucketArray = negative,
            CustomBoundArray = histogram.CustomBoundArray,
        };
        return trim.Changed ? WorkingHistogram.Of(trimmed).ToHistogram() : histogram;
    }

    /// <summary>The state of one trim: what is left so far.</summary>
    private struct Cut(NativeHistogram histogram, double value, bool keepsBelow)
    {
        private bool _hasPositive;
        private bool _hasNegative;

        public double Count;
        public double Sum;
        public bool Changed;

        private readonly bool IsCustom => histogram.HasCustomBuckets;

        /// <summary>Counts of one side after the trim.</summary>
        public double[] Side(ReadOnlySpan<HistogramSpan> spans, ReadOnlySpan<double> counts, bool isPositive)
        {
            double[] kept = counts.ToArray();
            int index = 0, at = 0;
            foreach (HistogramSpan span in spans)
            {
                index += span.Offset;
                for (uint i = 0; i < span.Length && at < kept.Length; i++, index++, at++)
                {
                    if (kept[at] != 0) kept[at] = Keep(BucketList.At(histogram, index, kept[at], isPositive), isPositive);
                }
            }
            return kept;
        }

        /// <summary>The zero bucket after the trim; with observations on one side only it is taken to end at 0.</summary>
        public double Zero()
        {
            double lower = _hasPositive && !_hasNegative ? 0 : -histogram.ZeroThreshold, upper = _hasNegative && !_hasPositive ? 0 : histogram.ZeroThreshold;
            double kept, middle;
            if (keepsBelow ? value <= lower : value >= upper && value > lower) (kept, middle) = (0, 0);
            else if (keepsBelow ? value >= upper : value <= lower) (kept, middle) = (histogram.ZeroCount, (lower + upper) / 2);
            else if (keepsBelow) (kept, middle) = (histogram.ZeroCount * ((value - lower) / (upper - lower)), (lower + value) / 2);
            else (kept, middle) = (histogram.ZeroCount * ((upper - value) / (upper - lower)), (value + upper) / 2);
            return Take(histogram.ZeroCount, kept, middle);
        }

        private double Keep(HistogramBucket bucket, bool isPositive)
        {
            if (isPositive) _hasPositive = true;
            else _hasNegative = true;
            bool whole = keepsBelow ? bucket.Upper <= value : bucket.Lower >= value;
            if (whole) return Take(bucket.Count, bucket.Count, Middle(bucket.Lower, bucket.Upper, isPositive));
            bool split = keepsBelow ? bucket.Lower < value : bucket.Upper > value;
            if (!split) return Take(bucket.Count, 0, 0);
            (double kept, double middle) = Split(bucket, isPositive);
            return Take(bucket.Count, kept, middle);
        }

        private double Take(double before, double kept, double middle)
        {
            Count += kept;
            Sum += middle * kept;
            Changed |= before != kept;
            return kept;
        }

        private readonly (double Kept, double Middle) Split(HistogramBucket bucket, bool isPositive)
        {
            if (double.IsNegativeInfinity(bucket.Lower)) return keepsBelow ? LowestBelow(bucket) : LowestAbove(bucket);
            // How observations lie in a bucket up to infinity is not known: below none is kept, above all.
            if (double.IsPositiveInfinity(bucket.Upper)) return keepsBelow ? (0, 0) : (bucket.Count, value);
            double below = value <= bucket.Lower ? 0 : value >= bucket.Upper ? bucket.Count : bucket.Count * bucket.FractionBelow(value, IsCustom);
            return keepsBelow
                ? (below, Middle(bucket.Lower, value, isPositive))
                : (bucket.Count - below, Middle(value, bucket.Upper, isPositive));
        }

        /// <summary>The lowest custom bucket is taken to begin at 0 if it ends above.</summary>
        private readonly (double Kept, double Middle) LowestBelow(HistogramBucket bucket)
        {
            if (value > 0 && bucket.Upper > 0 && !double.IsPositiveInfinity(bucket.Upper)) return (bucket.Count * value / bucket.Upper, value / 2);
            return bucket.Upper <= 0 ? (bucket.Count, value) : (0, 0);
        }

        private readonly (double Kept, double Middle) LowestAbove(HistogramBucket bucket) =>
            value >= 0 && bucket.Upper > value && !double.IsPositiveInfinity(bucket.Upper)
                ? (bucket.Count * (1 - (value / bucket.Upper)), (value + bucket.Upper) / 2)
                : (0, 0);

        private readonly double Middle(double lower, double upper, bool isPositive)
        {
            if (double.IsInfinity(lower)) return double.IsInfinity(upper) ? 0 : upper > 0 ? upper / 2 : upper;
            if (double.IsInfinity(upper)) return lower;
            if (IsCustom) return (lower + upper) / 2;
            double middle = Math.Sqrt(Math.Abs(lower * upper));
            return isPositive ? middle : -middle;
        }
    }
}
