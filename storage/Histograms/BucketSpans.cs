namespace Streamline.Storage.Histograms;

/// <summary>Walks the buckets that spans name: their indexes, rising, and their places in the array of counts.</summary>
internal ref struct BucketWalk(ReadOnlySpan<HistogramSpan> spans)
{
    private readonly ReadOnlySpan<HistogramSpan> _spans = spans;
    private int _span = -1;
    private uint _left;

    /// <summary>Index of the bucket on the histogram's scale.</summary>
    public long Index { get; private set; } = -1;

    /// <summary>Place among the counts.</summary>
    public int Place { get; private set; } = -1;

    public bool Next()
    {
        while (_left == 0)
        {
            if (++_span >= _spans.Length) return false;
            Index += _spans[_span].Offset;
            _left = _spans[_span].Length;
        }
        _left--;
        Index++;
        Place++;
        return true;
    }
}

/// <summary>Which buckets two histograms share.</summary>
/// <param name="Grows">The second one has buckets that the first has not.</param>
/// <param name="Lacks">The first one has buckets that the second has not.</param>
/// <param name="Fell">A count fell, or a bucket that held something is gone.</param>
internal readonly record struct BucketChange(bool Grows, bool Lacks, bool Fell);

/// <summary>Comparing and joining bucket layouts.</summary>
internal static class BucketSpans
{
    public static long Count(ReadOnlySpan<HistogramSpan> spans)
    {
        long total = 0;
        foreach (var span in spans) total += span.Length;
        return total;
    }

    /// <summary>What happened from the old buckets to the new ones. Ends at the first count that fell.</summary>
    public static BucketChange Compare(ReadOnlySpan<HistogramSpan> oldSpans, ReadOnlySpan<double> oldCounts, ReadOnlySpan<HistogramSpan> newSpans, ReadOnlySpan<double> newCounts)
    {
        bool grows = false, lacks = false;
        var old = new BucketWalk(oldSpans);
        var now = new BucketWalk(newSpans);
        bool hasOld = old.Next(), hasNow = now.Next();
        while (hasOld || hasNow)
        {
            if (hasOld && hasNow && old.Index == now.Index)
            {
                if (oldCounts[old.Place] > newCounts[now.Place]) return new BucketChange(grows, lacks, true);
                hasOld = old.Next();
                hasNow = now.Next();
            }
            else if (hasOld && (!hasNow || old.Index < now.Index))
            {
                // Not written as "> 0": a NaN count must not pass for an empty bucket.
                if (oldCounts[old.Place] != 0) return new BucketChange(grows, true, true);
                lacks = true;
                hasOld = old.Next();
            }
            else
            {
                grows = true;
                hasNow = now.Next();
            }
        }
        return new BucketChange(grows, lacks, false);
    }

    /// <summary>The same without looking at counts: gauges may fall.</summary>
    public static BucketChange Compare(ReadOnlySpan<HistogramSpan> oldSpans, ReadOnlySpan<HistogramSpan> newSpans)
    {
        bool grows = false, lacks = false;
        var old = new BucketWalk(oldSpans);
        var now = new BucketWalk(newSpans);
        bool hasOld = old.Next(), hasNow = now.Next();
        while (hasOld || hasNow)
        {
            bool takesOld = hasOld && (!hasNow || old.Index <= now.Index), takesNow = hasNow && (!hasOld || now.Index <= old.Index);
            lacks |= !takesNow;
            grows |= !takesOld;
            if (takesOld) hasOld = old.Next();
            if (takesNow) hasNow = now.Next();
        }
        return new BucketChange(grows, lacks, false);
    }

    /// <summary>All buckets of both, in as few spans as possible.</summary>
    public static HistogramSpan[] Union(ReadOnlySpan<HistogramSpan> one, ReadOnlySpan<HistogramSpan> other)
    {
        var union = new List<HistogramSpan>(one.Length + other.Length);
        var a = new BucketWalk(one);
        var b = new BucketWalk(other);
        bool hasA = a.Next(), hasB = b.Next();
        long last = 0;
        while (hasA || hasB)
        {
            long index = !hasB ? a.Index : !hasA ? b.Index : Math.Min(a.Index, b.Index);
            if (union.Count > 0 && index == last + 1) union[^1] = union[^1] with { Length = union[^1].Length + 1 };
            else union.Add(new HistogramSpan((int)(union.Count == 0 ? index : index - last - 1), 1));
            last = index;
            if (hasA && a.Index == index) hasA = a.Next();
            if (hasB && b.Index == index) hasB = b.Next();
        }
        return [.. union];
    }

    /// <summary>Counts in a layout that has all their buckets and perhaps more, which are empty.</summary>
    public static double[] Spread(ReadOnlySpan<HistogramSpan> spans, ReadOnlySpan<double> counts, ReadOnlySpan<HistogramSpan> wider)
    {
        var spread = new double[Count(wider)];
        var to = new BucketWalk(wider);
        for (var from = new BucketWalk(spans); from.Next();)
        {
            while (to.Next() && to.Index < from.Index) { }
            spread[to.Place] = counts[from.Place];
        }
        return spread;
    }
}
