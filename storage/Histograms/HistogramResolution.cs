namespace Streamline.Storage.Histograms;

/// <summary>Halving the resolution of exponential histograms.</summary>
internal static class HistogramResolution
{
    /// <summary>Schemas up to this are kept for future finer resolutions (model/histogram).</summary>
    public const int MaxReservedSchema = 52;

    /// <summary>The histogram at a coarser schema: each new bucket holds 2^steps old ones. The same one when it is coarse enough.</summary>
    public static NativeHistogram Reduce(NativeHistogram histogram, int schema)
    {
        if (histogram.HasCustomBuckets || histogram.Schema <= schema) return histogram;
        int steps = histogram.Schema - schema;
        var (positive, positiveCounts) = Reduce(histogram.PositiveSpans, histogram.PositiveBuckets, steps);
        var (negative, negativeCounts) = Reduce(histogram.NegativeSpans, histogram.NegativeBuckets, steps);
        return new NativeHistogram
        {
            Schema = schema,
            ZeroThreshold = histogram.ZeroThreshold,
            ZeroCount = histogram.ZeroCount,
            Count = histogram.Count,
            Sum = histogram.Sum,
            ResetHint = histogram.ResetHint,
            IsInteger = histogram.IsInteger,
            PositiveSpanArray = positive,
            PositiveBucketArray = positiveCounts,
            NegativeSpanArray = negative,
            NegativeBucketArray = negativeCounts,
        };
    }

    private static (HistogramSpan[] Spans, double[] Counts) Reduce(ReadOnlySpan<HistogramSpan> spans, ReadOnlySpan<double> counts, int steps)
    {
        var reduced = new List<HistogramSpan>();
        var sums = new List<double>();
        long last = 0;
        for (var walk = new BucketWalk(spans); walk.Next();)
        {
            // Bucket i ends at base^i, so the new index is the old one divided and rounded up.
            long index = (walk.Index - 1 >> Math.Min(steps, 63)) + 1;
            if (sums.Count > 0 && index == last)
            {
                sums[^1] += counts[walk.Place];
                continue;
            }
            if (sums.Count > 0 && index == last + 1) reduced[^1] = reduced[^1] with { Length = reduced[^1].Length + 1 };
            else reduced.Add(new HistogramSpan((int)(sums.Count == 0 ? index : index - last - 1), 1));
            sums.Add(counts[walk.Place]);
            last = index;
        }
        return ([.. reduced], [.. sums]);
    }
}
