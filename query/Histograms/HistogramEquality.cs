using Streamline.Storage;

namespace Streamline.Query.Histograms;

/// <summary>Equality of histogram samples as data, bit for bit: for <c>==</c>, <c>!=</c> and <c>changes</c>. Hints do not count.</summary>
internal static class HistogramEquality
{
    public static bool Equal(NativeHistogram a, NativeHistogram b) =>
        ReferenceEquals(a, b)
        || (a.Schema == b.Schema && Same(a.Count, b.Count) && Same(a.Sum, b.Sum) && a.ZeroThreshold == b.ZeroThreshold && Same(a.ZeroCount, b.ZeroCount)
            && (!a.HasCustomBuckets || a.CustomBounds.SequenceEqual(b.CustomBounds))
            && Same(a.PositiveSpans, b.PositiveSpans) && Same(a.PositiveBuckets, b.PositiveBuckets)
            && Same(a.NegativeSpans, b.NegativeSpans) && Same(a.NegativeBuckets, b.NegativeBuckets));

    private static bool Same(double a, double b) => BitConverter.DoubleToInt64Bits(a) == BitConverter.DoubleToInt64Bits(b);

    private static bool Same(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        if (a.Length != b.Length) return false;
        for (int i = 0; i < a.Length; i++)
        {
            if (!Same(a[i], b[i])) return false;
        }
        return true;
    }

    /// <summary>Whether two lists of spans name the same buckets, however they are cut.</summary>
    private static bool Same(ReadOnlySpan<HistogramSpan> a, ReadOnlySpan<HistogramSpan> b)
    {
        if (a.SequenceEqual(b)) return true;
        int ia = 0, ib = 0;
        (long Start, long Length) left = default, right = default;
        while (true)
        {
            bool hasLeft = NextRun(a, ref ia, ref left), hasRight = NextRun(b, ref ib, ref right);
            if (!hasLeft || !hasRight) return hasLeft == hasRight;
            if (left != right) return false;
        }
    }

    /// <summary>The next run of neighbouring buckets by its absolute position; empty spans and gaps of 0 do not end it.</summary>
    private static bool NextRun(ReadOnlySpan<HistogramSpan> spans, ref int at, ref (long Start, long Length) run)
    {
        long start = run.Start + run.Length, length = 0;
        for (; at < spans.Length; at++)
        {
            if (length > 0 && spans[at].Offset != 0) break;
            start += length > 0 ? 0 : spans[at].Offset;
            length += spans[at].Length;
        }
        run = (start, length);
        return length > 0;
    }
}
