using System.Buffers.Binary;
using Streamline.Storage.Encoding;

namespace Streamline.Storage.Wal;

/// <summary>Walks the entries of one record. A record that does not hold what its type says throws <see cref="FormatException"/>.</summary>
internal ref struct RecordReader(ReadOnlySpan<byte> record)
{
    private ReadOnlySpan<byte> _rest = record[1..];
    private ulong _firstRef;
    private long _firstTime;
    private bool _started;

    public static RecordType TypeOf(ReadOnlySpan<byte> record) => (RecordType)record[0];

    /// <summary>The next series of a series record: its labels in the form of <see cref="Labels"/>.</summary>
    public bool NextSeries(LabelsBuilder builder, out ulong reference)
    {
        builder.Clear();
        reference = 0;
        if (_rest.IsEmpty) return false;
        reference = ReadUInt64();
        for (ulong labels = ReadUvarint(); labels > 0; labels--)
        {
            var name = ReadString();
            builder.Set(name, ReadString());
        }
        return true;
    }

    public bool NextSample(out ulong reference, out long timestampMs, out ulong bits)
    {
        (reference, timestampMs, bits) = (0, 0, 0);
        if (_rest.IsEmpty) return false;
        if (!_started)
        {
            _firstRef = ReadUInt64();
            _firstTime = (long)ReadUInt64();
            _started = true;
            if (_rest.IsEmpty) return false;
        }
        reference = _firstRef + (ulong)ReadVarint();
        timestampMs = _firstTime + ReadVarint();
        bits = ReadUInt64();
        return true;
    }

    public bool NextTombstone(out ulong reference, out TimeRange range)
    {
        (reference, range) = (0, default);
        if (_rest.IsEmpty) return false;
        reference = ReadUInt64();
        long min = ReadVarint();
        range = new TimeRange(min, ReadVarint());
        return true;
    }

    private ulong ReadUInt64()
    {
        if (!BinaryPrimitives.TryReadUInt64BigEndian(_rest, out ulong value)) throw Short();
        _rest = _rest[8..];
        return value;
    }

    private ulong ReadUvarint()
    {
        if (!Varint.TryRead(_rest, out ulong value, out int bytes)) throw Short();
        _rest = _rest[bytes..];
        return value;
    }

    private long ReadVarint() => Varint.UnZigZag(ReadUvarint());

    private ReadOnlySpan<byte> ReadString()
    {
        ulong length = ReadUvarint();
        if (length > (ulong)_rest.Length) throw Short();
        var text = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return text;
    }

    private static FormatException Short() => new("record is cut short");
}
