using System.Numerics;

namespace Streamline.Query.Kernels;

/// <summary>
/// Loops over columns, compiled per struct operator. Hot paths: they allocate nothing. Arithmetic runs over absent steps too, whose values
/// are garbage that nobody reads; that is cheaper than looking at the bits.
/// </summary>
internal static class ColumnKernels
{
    /// <summary>values[i] = f(values[i]).</summary>
    public static void Map<TKernel>(Span<double> values) where TKernel : struct, IUnaryKernel
    {
        for (int i = 0; i < values.Length; i++) values[i] = TKernel.Apply(values[i]);
    }

    /// <summary>target[i] = left[i] op right[i]; target may be either operand.</summary>
    public static void Combine<TKernel>(ReadOnlySpan<double> left, ReadOnlySpan<double> right, Span<double> target) where TKernel : struct, IBinaryKernel
    {
        right = right[..left.Length];
        target = target[..left.Length];
        for (int i = 0; i < left.Length; i++) target[i] = TKernel.Apply(left[i], right[i]);
    }

    /// <summary>Comparison to 1 or 0.</summary>
    public static void Compare<TKernel>(ReadOnlySpan<double> left, ReadOnlySpan<double> right, Span<double> target) where TKernel : struct, IComparisonKernel
    {
        right = right[..left.Length];
        target = target[..left.Length];
        for (int i = 0; i < left.Length; i++) target[i] = TKernel.Test(left[i], right[i]) ? 1 : 0;
    }

    /// <summary>Clears the presence bits of steps whose comparison fails.</summary>
    public static void Filter<TKernel>(ReadOnlySpan<double> left, ReadOnlySpan<double> right, Span<ulong> present) where TKernel : struct, IComparisonKernel
    {
        for (int w = 0; w < present.Length; w++)
        {
            ulong kept = 0;
            for (ulong rest = present[w]; rest != 0; rest &= rest - 1)
            {
                int bit = BitOperations.TrailingZeroCount(rest), step = (w << 6) + bit;
                if (TKernel.Test(left[step], right[step])) kept |= 1UL << bit;
            }
            present[w] = kept;
        }
    }
}
