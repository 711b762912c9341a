using System.Numerics;

namespace Streamline.Storage.Index;

/// <summary>
/// Set operations over sorted reference lists without doubles, generic over the reference so that head and blocks share them. Kernels: no allocation. Each
/// returns the number written; the target may be the left list itself, since no operation but union writes ahead of what it has read.
/// </summary>
internal static class Postings
{
    // Above this ratio of lengths it is cheaper to gallop through the long list than to walk it (16 to 32 measured alike in published comparisons).
    private const int GallopRatio = 32;

    public static int Intersect<T>(ReadOnlySpan<T> left, ReadOnlySpan<T> right, Span<T> target) where T : unmanaged, IComparisonOperators<T, T, bool>
    {
        if (right.Length / GallopRatio > left.Length) return Gallop(left, right, target);
        if (left.Length / GallopRatio > right.Length) return Gallop(right, left, target);
        int i = 0, j = 0, written = 0;
        while (i < left.Length && j < right.Length)
        {
            T a = left[i], b = right[j];
            if (a == b) target[written++] = a;
            if (a <= b) i++;
            if (b <= a) j++;
        }
        return written;
    }

    public static int Except<T>(ReadOnlySpan<T> left, ReadOnlySpan<T> right, Span<T> target) where T : unmanaged, IComparisonOperators<T, T, bool>
    {
        int j = 0, written = 0;
        foreach (T item in left)
        {
            j = Seek(right, j, item);
            if (j == right.Length || right[j] != item) target[written++] = item;
        }
        return written;
    }

    /// <summary>The target lies apart from both lists and holds their sum.</summary>
    public static int Union<T>(ReadOnlySpan<T> left, ReadOnlySpan<T> right, Span<T> target) where T : unmanaged, IComparisonOperators<T, T, bool>
    {
        int i = 0, j = 0, written = 0;
        while (i < left.Length && j < right.Length)
        {
            T a = left[i], b = right[j];
            target[written++] = a <= b ? a : b;
            if (a <= b) i++;
            if (b <= a) j++;
        }
        var rest = i < left.Length ? left[i..] : right[j..];
        rest.CopyTo(target[written..]);
        return written + rest.Length;
    }

    /// <summary>Index of the first item from <paramref name="start"/> on that is not below <paramref name="item"/>: doubling steps, then bisection.</summary>
    public static int Seek<T>(ReadOnlySpan<T> list, int start, T item) where T : unmanaged, IComparisonOperators<T, T, bool>
    {
        if (start >= list.Length || list[start] >= item) return start;
        int low = start, step = 1;
        while (low + step < list.Length && list[low + step] < item)
        {
            low += step;
            step *= 2;
        }
        int high = Math.Min(low + step, list.Length);
        while (high - low > 1)
        {
            int middle = low + (high - low) / 2;
            if (list[middle] < item) low = middle;
            else high = middle;
        }
        return high;
    }

    // Overwriting the long list is safe too: a match is written at or before the place where it was found.
    private static int Gallop<T>(ReadOnlySpan<T> few, ReadOnlySpan<T> many, Span<T> target) where T : unmanaged, IComparisonOperators<T, T, bool>
    {
        int j = 0, written = 0;
        foreach (T item in few)
        {
            j = Seek(many, j, item);
            if (j == many.Length) break;
            if (many[j] == item) target[written++] = item;
        }
        return written;
    }
}
