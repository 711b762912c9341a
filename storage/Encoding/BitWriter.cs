using System.Buffers.Binary;

namespace Streamline.Storage.Encoding;

/// <summary>Bits into memory of its own, highest bit of a byte first; used again from chunk to chunk. Behind the last bit a byte is zero.</summary>
internal sealed class BitWriter
{
    private byte[] _buffer = new byte[256];

    /// <summary>Bits written.</summary>
    public int BitLength { get; private set; }

    /// <summary>What was written, the last byte filled up with zeros; valid until the next write.</summary>
    public Span<byte> Bytes => _buffer.AsSpan(0, BitLength + 7 >> 3);

    /// <summary>Starts with zero bytes for the caller to fill.</summary>
    public void Reset(int headerBytes = 0)
    {
        _buffer.AsSpan(0, headerBytes).Clear();
        BitLength = headerBytes * 8;
    }

    /// <summary>Goes on inside a byte of which so many bits are taken: what follows can be copied over that byte.</summary>
    public void Resume(byte last, int usedBits)
    {
        _buffer[0] = last;
        BitLength = usedBits;
    }

    /// <summary>Writes the low bits, 1 to 64.</summary>
    public void Put(ulong bits, int count)
    {
        if (count > 56)
        {
            Put(bits >> 32, count - 32);
            (bits, count) = (bits & 0xFFFFFFFF, 32);
        }
        int first = BitLength >> 3, used = BitLength & 7;
        if (first + sizeof(ulong) > _buffer.Length) Array.Resize(ref _buffer, _buffer.Length * 2);
        ulong word = (bits & (1UL << count) - 1) << 64 - used - count;
        if (used > 0) word |= (ulong)(_buffer[first] >> 8 - used) << 64 - used;
        BinaryPrimitives.WriteUInt64BigEndian(_buffer.AsSpan(first), word);
        BitLength += count;
    }

    /// <summary>A signed number by Prometheus's "varbit" code: ones up to a zero choose the width (tsdb/chunkenc/varbit.go).</summary>
    public void PutVarbit(long value)
    {
        int step = 0;
        while (step < Varbit.LongestStep && !FitsSigned(value, Varbit.Width(step))) step++;
        PutStep(step, (ulong)value);
    }

    /// <summary>An unsigned number by the same code.</summary>
    public void PutVarbitUnsigned(ulong value)
    {
        int step = 0;
        while (step < Varbit.LongestStep && value >> Varbit.Width(step) != 0) step++;
        PutStep(step, value);
    }

    /// <summary>A value against the one before it, as in a float chunk.</summary>
    public void PutXor(ulong bits, ref XorWindow window)
    {
        ulong xor = bits ^ window.Bits;
        window.Bits = bits;
        if (xor == 0)
        {
            Put(0, 1);
            return;
        }
        // Five bits say the leading zeros, so more than 31 count as 31.
        int leading = Math.Min(System.Numerics.BitOperations.LeadingZeroCount(xor), 31), trailing = System.Numerics.BitOperations.TrailingZeroCount(xor);
        if (window.Leading != XorState.NoWindow && leading >= window.Leading && trailing >= window.Trailing)
        {
            Put(0b10, 2);
            Put(xor >> window.Trailing, 64 - window.Leading - window.Trailing);
            return;
        }
        (window.Leading, window.Trailing) = ((byte)leading, (byte)trailing);
        int width = 64 - leading - trailing;
        Put(0b11UL << 11 | (ulong)leading << 6 | (ulong)width & 63, 13);
        Put(xor >> trailing, width);
    }

    private void PutStep(int step, ulong value)
    {
        if (step < Varbit.LongestStep) Put((1UL << step + 1) - 2, step + 1);
        else Put((1UL << step) - 1, step);
        if (step > 0) Put(value, Varbit.Width(step));
    }

    // Not two's complement: n bits hold -(2^(n-1) - 1) .. 2^(n-1).
    private static bool FitsSigned(long value, int width) => width == 0 ? value == 0 : value > -(1L << width - 1) && value <= 1L << width - 1;
}

/// <summary>The last value of a column of doubles and where its meaningful bits lay.</summary>
internal struct XorWindow
{
    public ulong Bits;

    public byte Leading, Trailing;

    public readonly double Value => BitConverter.UInt64BitsToDouble(Bits);

    public static XorWindow Of(double first) => new() { Bits = BitConverter.DoubleToUInt64Bits(first), Leading = XorState.NoWindow };
}

/// <summary>Widths of the varbit code by the number of leading ones.</summary>
internal static class Varbit
{
    public const int LongestStep = 8;

    private static ReadOnlySpan<byte> Widths => [0, 3, 6, 9, 12, 18, 25, 56, 64];

    public static int Width(int step) => Widths[step];
}
