using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Streamline.Storage.Encoding;

/// <summary>
/// Prometheus's chunk encoding 1, bit for bit: a big-endian sample count, then per sample the delta of timestamp deltas and the value XORed with the one
/// before (docs/chunks.md). Appends to memory of the caller, who also keeps the state. Hot path: no allocation.
/// A reader of the first n samples is not disturbed by appends: written bits never change again, only the count in the header does.
/// </summary>
internal static class XorChunk
{
    /// <summary>The encoding's number in chunk files.</summary>
    public const byte EncodingId = 1;

    /// <summary>Bytes of the sample count.</summary>
    public const int HeaderBytes = 2;

    /// <summary>Most samples that the count can say.</summary>
    public const int MaxSamples = ushort.MaxValue;

    /// <summary>
    /// Bytes behind <see cref="XorState.ByteLength"/> that always suffice for one more sample: the second one is the longest, ten bytes of delta and
    /// 77 bits of value; the first needs the header, ten and eight bytes. With less room an append still succeeds when its sample is small enough.
    /// </summary>
    public const int MaxSampleBytes = 20;

    private const int MaxLaterBits = 68 + 77;

    // The longest time that goes into a word with its value, and the most bits that one write takes: seven may be in the first byte already.
    private const int LongestShortTime = 24, MostBits = 56;

    /// <summary>Adds a sample. False, and nothing changed, when the buffer or the count has no room for it. Any timestamp is taken as it comes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool TryAppend(Span<byte> buffer, ref XorState state, long timestampMs, double value)
    {
        ulong bits = BitConverter.DoubleToUInt64Bits(value);
        if (state.Count < 2) return TryAppendHead(buffer, ref state, timestampMs, bits);
        ulong delta = (ulong)(timestampMs - state.Timestamp);
        long change = (long)(delta - state.Delta);
        int room = buffer.Length * 8 - state.BitLength;
        if (state.Count == MaxSamples || (room < MaxLaterBits && room < TimeBits(change) + ValueBits(state, bits))) return false;
        int at = state.BitLength, timeBits = change == 0 ? 1 : TimeBits(change);
        if (timeBits <= LongestShortTime) PutValue(buffer, ref at, ref state, bits, ShortTime(change, timeBits), timeBits);
        else PutLongTime(buffer, ref at, ref state, bits, change);
        Commit(buffer, ref state, at, timestampMs, delta, bits);
        return true;
    }

    /// <summary>Samples that a chunk's header declares; 0 when it is too short to have one.</summary>
    public static int CountOf(ReadOnlySpan<byte> chunk) => chunk.Length < HeaderBytes ? 0 : BinaryPrimitives.ReadUInt16BigEndian(chunk);

    /// <summary>Rebuilds the state of a finished chunk so that it can grow on; false when the chunk is corrupt.</summary>
    public static bool TryResume(ReadOnlySpan<byte> chunk, out XorState state)
    {
        var reader = new XorReader(CountOf(chunk));
        Span<long> timestamps = stackalloc long[128];
        Span<double> values = stackalloc double[128];
        int read;
        do read = reader.Next(chunk, timestamps, values);
        while (read > 0);
        state = reader.State;
        return read == 0 && chunk.Length >= HeaderBytes;
    }

    private static bool TryAppendHead(Span<byte> buffer, ref XorState state, long timestampMs, ulong bits)
    {
        if (state.Count == 0) return TryAppendFirst(buffer, ref state, timestampMs, bits);
        ulong delta = (ulong)(timestampMs - state.Timestamp);
        if (buffer.Length * 8 - state.BitLength < Varint.SizeOf(delta) * 8 + ValueBits(state, bits)) return false;
        int at = state.BitLength;
        at += 8 * Varint.Write(buffer[(at >> 3)..], delta);
        PutValue(buffer, ref at, ref state, bits, 0, 0);
        Commit(buffer, ref state, at, timestampMs, delta, bits);
        return true;
    }

    private static bool TryAppendFirst(Span<byte> buffer, ref XorState state, long timestampMs, ulong bits)
    {
        int timeBytes = Varint.SizeOfSigned(timestampMs);
        if (buffer.Length < HeaderBytes + timeBytes + sizeof(ulong)) return false;
        Varint.WriteSigned(buffer[HeaderBytes..], timestampMs);
        BinaryPrimitives.WriteUInt64BigEndian(buffer[(HeaderBytes + timeBytes)..], bits);
        state.Leading = XorState.NoWindow;
        Commit(buffer, ref state, 8 * (HeaderBytes + timeBytes + sizeof(ulong)), timestampMs, 0, bits);
        return true;
    }

    private static void Commit(Span<byte> buffer, ref XorState state, int bitLength, long timestampMs, ulong delta, ulong bits)
    {
        state.Timestamp = timestampMs;
        state.Delta = delta;
        state.ValueBits = bits;
        state.BitLength = bitLength;
        BinaryPrimitives.WriteUInt16BigEndian(buffer, ++state.Count);
    }

    // The ranges are not two's complement: n bits hold -(2^(n-1) - 1) .. 2^(n-1).
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int TimeBits(long change) => change switch
    {
        0 => 1,
        >= -8191 and <= 8192 => 16,
        >= -65535 and <= 65536 => 20,
        >= -524287 and <= 524288 => 24,
        _ => 68,
    };

    // The bits of a change that takes at most 24, by their number.
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // written alone, the one bit of most times cost as much as the value behind it
    private static ulong ShortTime(long change, int bits) => bits switch
    {
        1 => 0,
        16 => 0b10UL << 14 | (ulong)change & 0x3FFF,
        20 => 0b110UL << 17 | (ulong)change & 0x1FFFF,
        _ => 0b1110UL << 20 | (ulong)change & 0xFFFFF,
    };

    private static void PutLongTime(Span<byte> buffer, ref int at, ref XorState state, ulong bits, long change)
    {
        Put(buffer, ref at, 0b1111, 4);
        Put64(buffer, ref at, (ulong)change, 64);
        PutValue(buffer, ref at, ref state, bits, 0, 0);
    }

    private static int ValueBits(in XorState state, ulong bits)
    {
        ulong xor = bits ^ state.ValueBits;
        if (xor == 0) return 1;
        int leading = Math.Min(BitOperations.LeadingZeroCount(xor), 31), trailing = BitOperations.TrailingZeroCount(xor);
        return FitsWindow(state, leading, trailing) ? 2 + 64 - state.Leading - state.Trailing : 13 + 64 - leading - trailing;
    }

    private static bool FitsWindow(in XorState state, int leading, int trailing) =>
        state.Leading != XorState.NoWindow && leading >= state.Leading && trailing >= state.Trailing;

    /// <summary>Writes a value behind <paramref name="head"/>, the bits of its time, where they fit in the same word.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PutValue(Span<byte> buffer, ref int at, ref XorState state, ulong bits, ulong head, int headBits)
    {
        ulong xor = bits ^ state.ValueBits;
        if (xor == 0)
        {
            Put(buffer, ref at, head << 1, headBits + 1);
            return;
        }
        // Five bits say the leading zeros, so more than 31 count as 31.
        int leading = Math.Min(BitOperations.LeadingZeroCount(xor), 31), trailing = BitOperations.TrailingZeroCount(xor);
        if (FitsWindow(state, leading, trailing))
        {
            head = head << 2 | 0b10;
            headBits += 2;
        }
        else
        {
            state.Leading = (byte)leading;
            state.Trailing = (byte)trailing;
            // Six bits say the width; 0, which cannot occur, stands for 64.
            head = head << 13 | 0b11UL << 11 | (ulong)leading << 6 | (ulong)(64 - leading - trailing) & 63;
            headBits += 13;
        }
        int width = 64 - state.Leading - state.Trailing;
        xor >>= state.Trailing;
        if (headBits + width <= MostBits)
        {
            Put(buffer, ref at, head << width | xor, headBits + width);
            return;
        }
        Put(buffer, ref at, head, headBits);
        Put64(buffer, ref at, xor, width);
    }

    private static void Put64(Span<byte> buffer, ref int at, ulong bits, int count)
    {
        if (count <= MostBits)
        {
            Put(buffer, ref at, bits, count);
            return;
        }
        Put(buffer, ref at, bits >> 32, count - 32);
        Put(buffer, ref at, bits & 0xFFFFFFFF, 32);
    }

    /// <summary>Writes 1 to 56 bits, right-aligned in <paramref name="bits"/>, and zeros behind them to the end of the last byte.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Put(Span<byte> buffer, ref int at, ulong bits, int count)
    {
        int first = at >> 3, used = at & 7;
        ulong word = bits << 64 - used - count;
        if (used > 0) word |= (ulong)(buffer[first] >> 8 - used) << 64 - used;
        at += count;
        if (first + sizeof(ulong) <= buffer.Length) BinaryPrimitives.WriteUInt64BigEndian(buffer[first..], word);
        else PutTail(buffer[first..(at + 7 >> 3)], word);
    }

    private static void PutTail(Span<byte> target, ulong word)
    {
        for (int i = 0; i < target.Length; i++) target[i] = (byte)(word >> 56 - 8 * i);
    }
}
