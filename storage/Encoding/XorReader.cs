using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Streamline.Storage.Encoding;

/// <summary>
/// Decodes an XOR chunk many samples a call. Holds no memory: the caller passes the chunk to each call, so that it may lie in a pooled array, a native slab
/// or a mapped file. Hot path; nothing is read outside the span, whatever the bytes say.
/// </summary>
/// <param name="count">Samples to read: the header's count, or fewer when the chunk is still growing.</param>
internal struct XorReader(int count)
{
    /// <summary>What <see cref="Next"/> returns for bytes that are no chunk.</summary>
    public const int Corrupt = -1;

    private const int HeadBits = 8 * XorChunk.HeaderBytes;

    private XorState _state = new() { Leading = XorState.NoWindow, BitLength = HeadBits };
    private readonly int _count = count;

    /// <summary>Opens a finished chunk: the count stands in its header. A chunk too short for one reads as corrupt.</summary>
    public static XorReader Open(ReadOnlySpan<byte> chunk) => new(chunk.Length < XorChunk.HeaderBytes ? 1 : XorChunk.CountOf(chunk));

    /// <summary>The state an appender would have after the samples read so far.</summary>
    public readonly XorState State => _state.Count == 0 ? XorState.Empty : _state;

    /// <summary>Samples still to come.</summary>
    public readonly int Remaining => _count - _state.Count;

    /// <summary>
    /// Decodes the next samples into both columns (of one length) and returns their number, 0 at the end, <see cref="Corrupt"/> when the chunk
    /// ends too early or says something impossible; every later call repeats that.
    /// </summary>
    public int Next(ReadOnlySpan<byte> chunk, Span<long> timestamps, Span<double> values)
    {
        int want = Math.Min(Math.Min(timestamps.Length, values.Length), Remaining);
        int done = 0;
        if (_state.Count < 2)
        {
            for (; done < want && _state.Count < 2; done++)
            {
                if (!ReadHead(chunk)) return Corrupt;
                timestamps[done] = _state.Timestamp;
                values[done] = BitConverter.UInt64BitsToDouble(_state.ValueBits);
            }
        }
        return done == want || ReadMany(chunk, timestamps[done..want], values[done..want]) ? want : Corrupt;
    }

    /// <summary>Runs of unchanged deltas in one loop (<see cref="XorRun"/>), what lies between them sample by sample.</summary>
    private bool ReadMany(ReadOnlySpan<byte> chunk, Span<long> timestamps, Span<double> values)
    {
        XorState state = _state;
        for (int done = 0; done < timestamps.Length;)
        {
            int run = XorRun.Read(chunk, ref state, values[done..]);
            XorRun.FillTimes(timestamps.Slice(done, run), state.Timestamp + (long)state.Delta, (long)state.Delta);
            state.Timestamp += run * (long)state.Delta;
            done += run;
            if (state.BitLength > chunk.Length * 8) return false;
            if (!ReadOthers(chunk, ref state, timestamps, values, ref done)) return false;
        }
        state.Count = (ushort)(_state.Count + timestamps.Length);
        _state = state;
        return true;
    }

    /// <summary>At least one sample, as many as have a delta of their own.</summary>
    private static bool ReadOthers(ReadOnlySpan<byte> chunk, ref XorState state, Span<long> timestamps, Span<double> values, ref int done)
    {
        int at = state.BitLength, end = chunk.Length * 8;
        long timestamp = state.Timestamp;
        ulong delta = state.Delta, bits = state.ValueBits;
        int leading = state.Leading, trailing = state.Trailing, i = done;
        while (i < timestamps.Length)
        {
            ulong word = Peek(chunk, at);
            int used = 1;
            bool regular = (long)word >= 0;
            if (regular)
            {
                word <<= 1;
            }
            else
            {
                used = ReadTime(chunk, at, word, ref delta);
                if (used > 24) word = Peek(chunk, at + used);
                else word <<= used;
            }
            timestamp += (long)delta;
            if ((long)word >= 0) at += used + 1;
            else if (!ReadValue(chunk, ref at, used, word, ref leading, ref trailing, ref bits)) return false;
            if (at > end) return false;
            timestamps[i] = timestamp;
            values[i++] = BitConverter.UInt64BitsToDouble(bits);
            if (regular) break;
        }
        state.BitLength = at;
        state.Timestamp = timestamp;
        state.Delta = delta;
        state.ValueBits = bits;
        state.Leading = (byte)leading;
        state.Trailing = (byte)trailing;
        done = i;
        return true;
    }

    /// <summary>A value that changed: <paramref name="word"/> starts at its first control bit and lies <paramref name="skip"/> bits behind <paramref name="at"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool ReadValue(ReadOnlySpan<byte> chunk, ref int at, int skip, ulong word, ref int leading, ref int trailing, ref ulong bits)
    {
        int control = 2;
        if ((word & 1UL << 62) != 0)
        {
            control = 13;
            leading = (int)(word >> 57) & 31;
            int declared = (int)(word >> 51) & 63;
            trailing = 64 - leading - (declared == 0 ? 64 : declared);
            if (trailing < 0) return false;
        }
        else if (leading == XorState.NoWindow)
        {
            // Prometheus resumes a chunk of equal values with a window of all 64 bits that it never declares (xorAppender out of xorIterator).
            leading = trailing = 0;
        }
        int width = 64 - leading - trailing;
        // Peek gives at least 57 good bits, the time took at most `skip` of them unless the word was loaded anew.
        word = skip + control + width <= 57 ? word << control : PeekAll(chunk, at + skip + control);
        bits ^= word >> 64 - width << trailing;
        at += skip + control + width;
        return true;
    }

    /// <summary>A delta that changed; returns the bits used.</summary>
    private static int ReadTime(ReadOnlySpan<byte> chunk, int at, ulong word, ref ulong delta)
    {
        if ((word & 1UL << 62) == 0) return Short(word << 2, 14, ref delta) + 2;
        if ((word & 1UL << 61) == 0) return Short(word << 3, 17, ref delta) + 3;
        if ((word & 1UL << 60) == 0) return Short(word << 4, 20, ref delta) + 4;
        delta += PeekAll(chunk, at + 4);
        return 68;
    }

    private static int Short(ulong word, int width, ref ulong delta)
    {
        long change = (long)(word >> 64 - width);
        // 2^(n-1) itself is positive; only what lies above it is negative.
        if (change > 1L << width - 1) change -= 1L << width;
        delta += (ulong)change;
        return width;
    }

    private bool ReadHead(ReadOnlySpan<byte> chunk)
    {
        int at = _state.BitLength >> 3;
        if (at > chunk.Length) return false;
        return _state.Count == 0 ? ReadFirst(chunk, at) : ReadSecond(chunk, at);
    }

    private bool ReadFirst(ReadOnlySpan<byte> chunk, int at)
    {
        if (!Varint.TryReadSigned(chunk[at..], out long timestamp, out int bytes)) return false;
        at += bytes;
        if (chunk.Length - at < sizeof(ulong)) return false;
        _state.Timestamp = timestamp;
        _state.ValueBits = BinaryPrimitives.ReadUInt64BigEndian(chunk[at..]);
        _state.BitLength = 8 * (at + sizeof(ulong));
        _state.Count = 1;
        return true;
    }

    private bool ReadSecond(ReadOnlySpan<byte> chunk, int at)
    {
        if (!Varint.TryRead(chunk[at..], out ulong delta, out int bytes)) return false;
        int bit = 8 * (at + bytes);
        int leading = _state.Leading, trailing = _state.Trailing;
        ulong word = Peek(chunk, bit), value = _state.ValueBits;
        if ((long)word >= 0) bit++;
        else if (!ReadValue(chunk, ref bit, 0, word, ref leading, ref trailing, ref value)) return false;
        if (bit > chunk.Length * 8) return false;
        _state = new XorState
        {
            Timestamp = _state.Timestamp + (long)delta,
            Delta = delta,
            ValueBits = value,
            BitLength = bit,
            Count = 2,
            Leading = (byte)leading,
            Trailing = (byte)trailing,
        };
        return true;
    }

    /// <summary>The bits from a position on, left-aligned: at least 57 good ones, zeros behind the end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Peek(ReadOnlySpan<byte> chunk, int bit)
    {
        int at = bit >> 3;
        if (at > chunk.Length - sizeof(ulong)) return PeekTail(chunk, at) << (bit & 7);
        ulong word = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref MemoryMarshal.GetReference(chunk), (nint)(uint)at));
        return (BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(word) : word) << (bit & 7);
    }

    /// <summary>All 64 bits from a position on.</summary>
    private static ulong PeekAll(ReadOnlySpan<byte> chunk, int bit)
    {
        ulong word = Peek(chunk, bit);
        int ninth = (bit >> 3) + 8;
        return (bit & 7) == 0 || ninth >= chunk.Length ? word : word | (uint)chunk[ninth] >> 8 - (bit & 7);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong PeekTail(ReadOnlySpan<byte> chunk, int at)
    {
        ulong word = 0;
        for (int i = 0; i < sizeof(ulong); i++) word = word << 8 | (at + i < chunk.Length ? chunk[at + i] : 0u);
        return word;
    }
}
