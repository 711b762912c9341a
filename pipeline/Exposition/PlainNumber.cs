using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Streamline.Pipeline.Exposition;

/// <summary>
/// The number that ends a line, when it is plain: up to sixteen digits, sign and point, as nearly all are. Sixteen bytes are looked at together, without a loop whose
/// length no processor can guess. What it refuses may still be a number: <see cref="NumberText"/> decides. Hot path.
/// </summary>
internal static class PlainNumber
{
    private const int Lanes = 16;
    private const ulong MaxExactMantissa = 1UL << 53;

    // By the lane of the point; the last is for numbers without one.
    private static ReadOnlySpan<double> Divisors => [1e15, 1e14, 1e13, 1e12, 1e11, 1e10, 1e9, 1e8, 1e7, 1e6, 1e5, 1e4, 1e3, 1e2, 1e1, 1e0, 1e0];

    /// <summary>Reads the last <paramref name="length"/> bytes of a line. Digits up to 2^53 and a power of ten below 10^16 are both exact: one division rounds once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool TryParseLast(ReadOnlySpan<byte> line, int length, out double value)
    {
        value = 0;
        if (!Sse41.IsSupported || line.Length < Lanes || length is < 1 or > Lanes) return false;
        bool negative = line[^length] == '-';
        if (negative) length--;
        var text = Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(line), (nuint)(line.Length - Lanes));
        var lane = Vector128.Create((sbyte)0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
        var inside = Vector128.GreaterThan(lane, Vector128.Create((sbyte)(Lanes - 1 - length))).AsByte();
        var digits = (text - Vector128.Create((byte)'0')) & inside;
        uint odd = Vector128.GreaterThan(digits, Vector128.Create((byte)9)).ExtractMostSignificantBits();
        uint points = (Vector128.Equals(text, Vector128.Create((byte)'.')) & inside).ExtractMostSignificantBits();
        // At most one point, nothing else that is no digit, and a digit beside the point.
        if (odd != points || (points & points - 1) != 0 || length <= BitOperations.PopCount(points)) return false;
        int point = BitOperations.TrailingZeroCount(points | 1u << Lanes);
        ulong mantissa = Join(Ssse3.Shuffle(digits, Closing(lane, point)));
        if (mantissa > MaxExactMantissa) return false;
        // Signed: the processor converts those in one step.
        value = (long)mantissa / Divisors[point];
        if (negative) value = -value;
        return true;
    }

    /// <summary>The shuffle that moves what stands before the point onto its lane; no lane for a point behind the last.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Closing(Vector128<sbyte> lane, int point)
    {
        // Sixteen times eight is the smallest signed byte, which no lane is below. The comparison's minus one makes a lane take its left neighbour, and the first a zero.
        var eight = Vector128.Create((sbyte)0, 8, 16, 24, 32, 40, 48, 56, 64, 72, 80, 88, 96, 104, 112, 120);
        return (lane + Vector128.LessThanOrEqual(eight, Vector128.Create(unchecked((sbyte)(point << 3))))).AsByte();
    }

    // Sixteen digits in pairs, fours, eights, then one number.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Join(Vector128<byte> digits)
    {
        var pairs = Ssse3.MultiplyAddAdjacent(digits, Vector128.Create((sbyte)10, 1, 10, 1, 10, 1, 10, 1, 10, 1, 10, 1, 10, 1, 10, 1));
        var fours = Sse2.MultiplyAddAdjacent(pairs, Vector128.Create((short)100, 1, 100, 1, 100, 1, 100, 1));
        var narrow = Sse41.PackUnsignedSaturate(fours, fours).AsInt16();
        ulong eights = Sse2.MultiplyAddAdjacent(narrow, Vector128.Create((short)10000, 1, 10000, 1, 10000, 1, 10000, 1)).AsUInt64().ToScalar();
        return (uint)eights * 100_000_000UL + (eights >> 32);
    }
}
