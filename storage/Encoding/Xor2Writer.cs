using System.Numerics;

namespace Streamline.Storage.Encoding;

/// <summary>
/// Writes whole chunks of encoding 4 (tsdb/chunkenc/xor2.go; docs/chunks.md): the head's open chunks are of encoding 1, and become these on their way into a
/// block. All samples are known at the beginning, so that a chunk without start times has no byte of them however long it is; Prometheus, which must leave
/// room for later ones, begins with them at the sample 127.
/// </summary>
internal sealed class Xor2Writer
{
    // Seven bits of the header say from which sample on each has a start time.
    private const int LastChange = 127;

    private readonly BitWriter _bits = new();
    private ulong _baseline;
    private int _leading, _trailing;
    private bool _hasWindow;

    /// <summary>The chunk of some samples, good until the next call.</summary>
    /// <param name="times">Rising.</param>
    /// <param name="values">As many.</param>
    /// <param name="starts">As many start times, 0 where one is not known; or none at all.</param>
    public ReadOnlySpan<byte> Write(ReadOnlySpan<long> times, ReadOnlySpan<double> values, ReadOnlySpan<long> starts)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(times.Length, XorChunk.MaxSamples);
        bool startsKnown = !starts.IsEmpty && starts[0] != 0;
        int change = FirstChange(starts);
        _bits.Reset(XorChunk.HeaderBytes + 1);
        (_baseline, _hasWindow) = (0, false);
        long delta = 0, distance = 0;
        for (int i = 0; i < times.Length; i++)
        {
            long step = i == 0 ? 0 : times[i] - times[i - 1];
            if (i == 0) WriteFirst(times[0], values[0]);
            else if (i == 1) WriteSecond(step, values[1]);
            else WriteJoint(step - delta, values[i]);
            delta = step;
            if (i == 0 && startsKnown) PutVarint(Varint.ZigZag(times[0] - starts[0]));
            if (change == 0 || i < change) continue;
            long now = times[i - 1] - starts[i];
            _bits.PutVarbit(now - distance);
            distance = now;
        }
        var chunk = _bits.Bytes;
        System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(chunk, (ushort)times.Length);
        chunk[XorChunk.HeaderBytes] = (byte)((startsKnown ? 0x80 : 0) | change);
        return chunk;
    }

    /// <summary>The sample from which on each has its start time, 0 when the first one's is all that is to say.</summary>
    private static int FirstChange(ReadOnlySpan<long> starts)
    {
        if (starts.IsEmpty) return 0;
        int change = starts.IndexOfAnyExcept(starts[0]);
        return change < 0 ? 0 : Math.Min(change, LastChange);
    }

    private void WriteFirst(long time, double value)
    {
        PutVarint(Varint.ZigZag(time));
        ulong bits = BitConverter.DoubleToUInt64Bits(value);
        _bits.Put(bits, 64);
        if (!StaleMarker.Is(value)) _baseline = bits;
    }

    private void WriteSecond(long step, double value)
    {
        PutVarint((ulong)step);
        WriteValue(value);
    }

    /// <summary>Time and value under one code.</summary>
    private void WriteJoint(long change, double value)
    {
        ulong bits = BitConverter.DoubleToUInt64Bits(value);
        if (change != 0)
        {
            WriteChange(change);
            WriteValue(value);
        }
        else if (StaleMarker.Is(value))
        {
            _bits.Put(0b11111, 5);
        }
        else if (bits == _baseline)
        {
            _bits.Put(0, 1);
        }
        else
        {
            _bits.Put(0b10, 2);
            WriteXor(bits, reuse: (0, 1), anew: (1, 1));
        }
    }

    // Two's complement, unlike the codes of encoding 1.
    private void WriteChange(long change)
    {
        switch (change)
        {
            case >= -(1 << 12) and < 1 << 12:
                _bits.Put(0b110, 3);
                _bits.Put((ulong)change, 13);
                break;
            case >= -(1 << 19) and < 1 << 19:
                _bits.Put(0b1110, 4);
                _bits.Put((ulong)change, 20);
                break;
            default:
                _bits.Put(0b11110, 5);
                _bits.Put((ulong)change, 64);
                break;
        }
    }

    private void WriteValue(double value)
    {
        ulong bits = BitConverter.DoubleToUInt64Bits(value);
        if (StaleMarker.Is(value)) _bits.Put(0b111, 3);
        else if (bits == _baseline) _bits.Put(0, 1);
        else WriteXor(bits, reuse: (0b10, 2), anew: (0b110, 3));
    }

    private void WriteXor(ulong bits, (ulong Code, int Bits) reuse, (ulong Code, int Bits) anew)
    {
        ulong xor = bits ^ _baseline;
        _baseline = bits;
        // Five bits say the leading zeros, so more than 31 count as 31.
        int leading = Math.Min(BitOperations.LeadingZeroCount(xor), 31), trailing = BitOperations.TrailingZeroCount(xor);
        if (_hasWindow && leading >= _leading && trailing >= _trailing)
        {
            _bits.Put(reuse.Code, reuse.Bits);
            _bits.Put(xor >> _trailing, 64 - _leading - _trailing);
            return;
        }
        (_leading, _trailing, _hasWindow) = (leading, trailing, true);
        int width = 64 - leading - trailing;
        _bits.Put(anew.Code, anew.Bits);
        _bits.Put((ulong)leading, 5);
        // Six bits say the width; 0, which cannot occur, stands for 64.
        _bits.Put((ulong)width & 63, 6);
        _bits.Put(xor >> trailing, width);
    }

    private void PutVarint(ulong value)
    {
        for (; value >= 0x80; value >>= 7) _bits.Put(value & 0x7F | 0x80, 8);
        _bits.Put(value, 8);
    }
}
