using System.Numerics;

namespace Streamline.Query.Kernels;

/// <summary>Presence bits of a column, 64 steps a word. Bits behind the last step are always 0.</summary>
internal static class Presence
{
    /// <summary>Words for a number of steps.</summary>
    public static int Words(int steps) => (steps + 63) >> 6;

    /// <summary>Whether a step is present.</summary>
    public static bool Has(ReadOnlySpan<ulong> bits, int step) => (bits[step >> 6] >> (step & 63) & 1) != 0;

    /// <summary>Marks a step.</summary>
    public static void Set(Span<ulong> bits, int step) => bits[step >> 6] |= 1UL << (step & 63);

    /// <summary>Unmarks a step.</summary>
    public static void Clear(Span<ulong> bits, int step) => bits[step >> 6] &= ~(1UL << (step & 63));

    /// <summary>Marks the first <paramref name="steps"/> steps.</summary>
    public static void SetAll(Span<ulong> bits, int steps)
    {
        bits[..Words(steps)].Fill(ulong.MaxValue);
        if ((steps & 63) != 0) bits[steps >> 6] = (1UL << (steps & 63)) - 1;
    }

    /// <summary>Steps present.</summary>
    public static int Count(ReadOnlySpan<ulong> bits)
    {
        int count = 0;
        foreach (ulong word in bits) count += BitOperations.PopCount(word);
        return count;
    }

    /// <summary>Whether any step is present.</summary>
    public static bool Any(ReadOnlySpan<ulong> bits) => bits.ContainsAnyExcept(0UL);

    /// <summary>Whether two columns share a step.</summary>
    public static bool Overlap(ReadOnlySpan<ulong> a, ReadOnlySpan<ulong> b)
    {
        for (int i = 0; i < a.Length; i++)
        {
            if ((a[i] & b[i]) != 0) return true;
        }
        return false;
    }

    /// <summary>target |= source.</summary>
    public static void Or(Span<ulong> target, ReadOnlySpan<ulong> source)
    {
        for (int i = 0; i < target.Length; i++) target[i] |= source[i];
    }

    /// <summary>target &amp;= source.</summary>
    public static void And(Span<ulong> target, ReadOnlySpan<ulong> source)
    {
        for (int i = 0; i < target.Length; i++) target[i] &= source[i];
    }

    /// <summary>target &amp;= ~source.</summary>
    public static void AndNot(Span<ulong> target, ReadOnlySpan<ulong> source)
    {
        for (int i = 0; i < target.Length; i++) target[i] &= ~source[i];
    }
}
