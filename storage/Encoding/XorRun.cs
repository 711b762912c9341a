using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Streamline.Storage.Encoding;

/// <summary>
/// The common stretch of an XOR chunk: samples whose time delta did not change, one bit each, and whose values are taken in by one loop that touches nothing
/// but bits and the value column. 3.6-4.5 ns a sample of noisy data and 1.6 ns of constant ones, where a loop that also carried the times took
/// 6-7 and 4.5 ns (a branch-free variant, also with two chunks in turns, was slower than both: more instructions, and these are the bound).
/// </summary>
internal static unsafe class XorRun
{
    // A step reads eight bytes from its first bit on and eight that end behind its last one, 78 bits later at most.
    private const int Margin = 24;

    private const int TailBytes = 32;

    private const int UnknownWindow = 65;

    /// <summary>
    /// Reads values until the column is full, a sample is of another kind (its delta changed, its window was never declared, it says something impossible)
    /// or the chunk ends, and moves position, value and window of the state. Returns the samples read.
    /// </summary>
    public static int Read(ReadOnlySpan<byte> chunk, ref XorState state, Span<double> values)
    {
        fixed (byte* data = chunk)
        fixed (double* target = values)
        {
            int done = 0, safe = (chunk.Length - Margin) * 8;
            if (state.BitLength <= safe) done = Loop(data, safe, ref state, (ulong*)target, 0, values.Length);
            if (done == values.Length || state.BitLength <= safe) return done;
            // The last bytes are read from a copy with room behind it; positions stay those of the chunk.
            byte* tail = stackalloc byte[TailBytes + Margin];
            int from = Math.Max(0, chunk.Length - TailBytes);
            chunk[from..].CopyTo(new Span<byte>(tail, TailBytes));
            new Span<byte>(tail + (chunk.Length - from), TailBytes + Margin - (chunk.Length - from)).Clear();
            return Loop(tail - from, (chunk.Length * 8) - 1, ref state, (ulong*)target, done, values.Length);
        }
    }

    /// <summary>times[i] = first + i * delta, modulo 2^64.</summary>
    public static void FillTimes(Span<long> times, long first, long delta)
    {
        int i = 0;
        if (times.Length >= 4 * Vector256<long>.Count)
        {
            var next = Vector256.Create(first, unchecked(first + delta), unchecked(first + 2 * delta), unchecked(first + 3 * delta));
            var step = Vector256.Create(unchecked(4 * delta));
            for (; i <= times.Length - Vector256<long>.Count; i += Vector256<long>.Count, next += step) next.CopyTo(times[i..]);
            first = unchecked(first + i * delta);
        }
        for (; i < times.Length; i++)
        {
            times[i] = first;
            first = unchecked(first + delta);
        }
    }

    // Compiled for this processor at its first call: the code made ahead of time may not use all of its instructions.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Loop(byte* data, int limit, ref XorState state, ulong* target, int done, int want)
    {
        int at = state.BitLength, trailing = state.Trailing, width = 64 - state.Leading - trailing;
        if (state.Leading == XorState.NoWindow) width = UnknownWindow;
        ulong bits = state.ValueBits;
        while (done < want && at <= limit)
        {
            ulong word = Load(data, at);
            if ((long)word < 0) break;
            word <<= 1;
            if ((long)word >= 0)
            {
                at += 2;
                target[done++] = bits;
                continue;
            }
            word <<= 1;
            int next;
            if ((long)word >= 0)
            {
                if (width == UnknownWindow) break;
                next = at + 3 + width;
                // Of the 57 good bits three are the control's.
                word = width <= 54 ? word << 1 >> -width : LoadBefore(data, next, width);
            }
            else
            {
                int declared = (((int)(word >> 52) - 1) & 63) + 1, behind = 64 - ((int)(word >> 58) & 31) - declared;
                if (behind < 0) break;
                (width, trailing) = (declared, behind);
                next = at + 14 + width;
                word = width <= 43 ? word << 12 >> -width : LoadBefore(data, next, width);
            }
            at = next;
            bits ^= word << trailing;
            target[done++] = bits;
        }
        state.BitLength = at;
        state.ValueBits = bits;
        if (width == UnknownWindow) return done;
        state.Leading = (byte)(64 - width - trailing);
        state.Trailing = (byte)trailing;
        return done;
    }

    /// <summary>The bits from a position on, left-aligned, at least 57 good ones.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Load(byte* data, int bit) => BigEndian(data + (nint)((uint)bit >> 3)) << (bit & 7);

    /// <summary>The bits in front of a position, right-aligned.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong LoadBefore(byte* data, int bit, int width)
    {
        byte* end = data + (nint)((uint)(bit + 7) >> 3);
        int rest = -bit & 7;
        ulong word = BigEndian(end - sizeof(ulong)) >> rest;
        if (rest > 0) word |= (ulong)end[-sizeof(ulong) - 1] << 64 - rest;
        return word << -width >> -width;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong BigEndian(byte* at)
    {
        ulong word = Unsafe.ReadUnaligned<ulong>(at);
        return BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(word) : word;
    }
}
