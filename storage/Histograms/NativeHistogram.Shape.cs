using Streamline.Storage.Histograms;

namespace Streamline.Storage;

/// <content>The same observations in other buckets.</content>
public sealed partial class NativeHistogram
{
    /// <summary>The histogram at a coarser resolution; itself when it is coarse enough or its bounds are given.</summary>
    public NativeHistogram AtSchema(int schema) => HistogramResolution.Reduce(this, schema);

    /// <summary>
    /// Without empty buckets, except where at most <paramref name="maxEmptyBuckets"/> of them in a row stand between others: there a zero is cheaper than a span.
    /// Itself when there is nothing to do.
    /// </summary>
    public NativeHistogram Compact(int maxEmptyBuckets)
    {
        if (IsCompact(_positiveSpans, _positiveBuckets, maxEmptyBuckets) && IsCompact(_negativeSpans, _negativeBuckets, maxEmptyBuckets)) return this;
        var (positive, positiveCounts) = Compact(_positiveSpans, _positiveBuckets, maxEmptyBuckets);
        var (negative, negativeCounts) = Compact(_negativeSpans, _negativeBuckets, maxEmptyBuckets);
        return new NativeHistogram
        {
            Schema = Schema,
            ZeroThreshold = ZeroThreshold,
            ZeroCount = ZeroCount,
            Count = Count,
            Sum = Sum,
            ResetHint = ResetHint,
            IsInteger = IsInteger,
            PositiveSpanArray = positive,
            PositiveBucketArray = positiveCounts,
            NegativeSpanArray = negative,
            NegativeBucketArray = negativeCounts,
            CustomBoundArray = _customBounds,
        };
    }

    private static bool IsCompact(HistogramSpan[] spans, double[] counts, int maxEmptyBuckets)
    {
        for (int i = 0; i < spans.Length; i++)
        {
            if (spans[i].Length == 0 || (i > 0 && spans[i].Offset <= maxEmptyBuckets)) return false;
        }
        return !counts.AsSpan().Contains(0);
    }

    // Written as "not 0": a NaN count is no empty bucket.
    private static (HistogramSpan[] Spans, double[] Counts) Compact(HistogramSpan[] spans, double[] counts, int maxEmptyBuckets)
    {
        var compact = new List<HistogramSpan>();
        var kept = new List<double>();
        long last = 0;
        for (var walk = new BucketWalk(spans); walk.Next();)
        {
            if (counts[walk.Place] == 0) continue;
            long gap = compact.Count == 0 ? walk.Index : walk.Index - last - 1;
            if (compact.Count == 0 || gap > maxEmptyBuckets)
            {
                compact.Add(new HistogramSpan((int)gap, 1));
            }
            else
            {
                for (long i = 0; i < gap; i++) kept.Add(0);
                compact[^1] = compact[^1] with { Length = compact[^1].Length + (uint)gap + 1 };
            }
            kept.Add(counts[walk.Place]);
            last = walk.Index;
        }
        return ([.. compact], [.. kept]);
    }
}
