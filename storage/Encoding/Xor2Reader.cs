namespace Streamline.Storage.Encoding;

/// <summary>
/// Decodes chunks of encoding 4 (tsdb/chunkenc/xor2.go): floats as in encoding 1 but for the codes, stale markers apart from the values, start times (docs/chunks.md).
/// Prometheus writes them on request; we only read them.
/// </summary>
internal sealed class Xor2Reader
{
    /// <summary>The encoding's number in chunk files.</summary>
    public const byte EncodingId = 4;

    /// <summary>What <see cref="Next"/> returns for bytes that are no chunk.</summary>
    public const int Corrupt = -1;

    private const int HeaderBytes = XorChunk.HeaderBytes + 1;

    private int _samples, _read, _at;
    private bool _isCorrupt;
    private long _time;
    private ulong _delta;
    // The last value that was no stale marker.
    private XorWindow _value;
    private StartTimes _starts;

    /// <summary>Samples still to come.</summary>
    public int Remaining => _samples - _read;

    /// <summary>Whether the chunk knows start times.</summary>
    public bool HasStarts => _starts.Any;

    /// <summary>Turns to a finished chunk.</summary>
    public void Open(ReadOnlySpan<byte> chunk)
    {
        _isCorrupt = chunk.Length < HeaderBytes;
        _samples = _isCorrupt ? 1 : XorChunk.CountOf(chunk);
        _starts = new StartTimes(_isCorrupt ? (byte)0 : chunk[XorChunk.HeaderBytes]);
        (_read, _at, _time, _delta, _value) = (0, 8 * HeaderBytes, 0, 0, default);
    }

    /// <summary>Decodes the next samples into columns of one length and returns their number, 0 at the end, <see cref="Corrupt"/> for damage.</summary>
    public int Next(ReadOnlySpan<byte> chunk, Span<long> timestamps, Span<double> values, Span<long> starts)
    {
        if (_isCorrupt) return Corrupt;
        int want = Math.Min(timestamps.Length, Remaining);
        var reader = new BitReader(chunk, _at);
        for (int i = 0; i < want; i++, _read++)
        {
            long previous = _time;
            values[i] = ReadSample(ref reader);
            _starts.Read(ref reader, _read, _time, previous);
            if (reader.Failed)
            {
                _isCorrupt = true;
                return Corrupt;
            }
            timestamps[i] = _time;
            starts[i] = _starts.Start;
        }
        _at = reader.At;
        return want;
    }

    private double ReadSample(ref BitReader reader)
    {
        if (_read == 0)
        {
            _time = Varint.UnZigZag(reader.ReadUvarint());
            double first = reader.ReadDouble();
            if (!StaleMarker.Is(first)) _value.Bits = BitConverter.DoubleToUInt64Bits(first);
            return first;
        }
        if (_read == 1)
        {
            _delta = reader.ReadUvarint();
            _time += (long)_delta;
            return ReadValue(ref reader);
        }
        return ReadJoint(ref reader);
    }

    /// <summary>Time and value under one code: ones up to a zero, at most five.</summary>
    private double ReadJoint(ref BitReader reader)
    {
        const int mostOnes = 5;
        int ones = 0;
        while (ones < mostOnes && reader.Read(1) == 1) ones++;
        if (ones is 2 or 3 or 4) _delta += (ulong)ReadSigned(ref reader, ones switch { 2 => 13, 3 => 20, _ => 64 });
        _time += (long)_delta;
        return ones switch
        {
            0 => _value.Value,
            1 => reader.Read(1) == 0 ? ReadInWindow(ref reader) : ReadNewWindow(ref reader),
            mostOnes => StaleMarker.Value,
            _ => ReadValue(ref reader),
        };
    }

    // Two's complement, unlike the codes of encoding 1.
    private static long ReadSigned(ref BitReader reader, int width) => (long)(reader.Read(width) << 64 - width) >> 64 - width;

    private double ReadValue(ref BitReader reader)
    {
        if (reader.Read(1) == 0) return _value.Value;
        if (reader.Read(1) == 0) return ReadInWindow(ref reader);
        return reader.Read(1) == 0 ? ReadNewWindow(ref reader) : StaleMarker.Value;
    }

    private double ReadNewWindow(ref BitReader reader)
    {
        int leading = (int)reader.Read(5), width = (int)reader.Read(6);
        if (width == 0) width = 64;
        if (leading + width > 64)
        {
            reader.Fail();
            return 0;
        }
        (_value.Leading, _value.Trailing) = ((byte)leading, (byte)(64 - leading - width));
        return ReadInWindow(ref reader);
    }

    private double ReadInWindow(ref BitReader reader)
    {
        _value.Bits ^= reader.Read(64 - _value.Leading - _value.Trailing) << _value.Trailing;
        return _value.Value;
    }
}
