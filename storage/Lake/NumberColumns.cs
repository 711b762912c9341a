using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Streamline.Storage.Lake;

/// <summary>Column <c>ts</c>: differences, bit-packed.</summary>
internal sealed class TimestampColumn() : ParquetColumn(new(["ts"], ParquetType.Int64, ColumnMeaning.UtcMilliseconds, ParquetEncoding.DeltaBinaryPacked))
{
    private long _min = long.MaxValue, _max = long.MinValue;

    protected override int Encode(ColumnBatch batch, ArrayBufferWriter<byte> body)
    {
        foreach (long time in batch.Timestamps)
        {
            _min = Math.Min(_min, time);
            _max = Math.Max(_max, time);
        }
        DeltaEncoder.Encode(batch.Timestamps, body);
        return batch.Rows;
    }

    protected override ColumnStatistics TakeStatistics() => new(PlainNumber.Of(_min), PlainNumber.Of(_max), 0);

    protected override void Reset() => (_min, _max) = (long.MaxValue, long.MinValue);
}

/// <summary>Column <c>value</c>: the doubles' bits as they are, whatever NaN they are.</summary>
internal sealed class ValueColumn() : ParquetColumn(new(["value"], ParquetType.Double, ColumnMeaning.Number, ParquetEncoding.Plain))
{
    private double _min = double.PositiveInfinity, _max = double.NegativeInfinity;
    private bool _hasNaN;

    protected override int Encode(ColumnBatch batch, ArrayBufferWriter<byte> body)
    {
        var values = batch.Values;
        foreach (double value in values)
        {
            _hasNaN |= double.IsNaN(value);
            if (value < _min) _min = value;
            if (value > _max) _max = value;
        }
        if (BitConverter.IsLittleEndian) body.Write(MemoryMarshal.AsBytes(values));
        else foreach (double value in values) body.Write(PlainNumber.Of(BitConverter.DoubleToInt64Bits(value)));
        return batch.Rows;
    }

    // The format wants no bounds beside a NaN, and zeros of the sign that includes the other one.
    protected override ColumnStatistics TakeStatistics() => _hasNaN
        ? ColumnStatistics.None
        : new(PlainNumber.Of(BitConverter.DoubleToInt64Bits(_min == 0 ? -0.0 : _min)), PlainNumber.Of(BitConverter.DoubleToInt64Bits(_max == 0 ? 0.0 : _max)), 0);

    protected override void Reset() => (_min, _max, _hasNaN) = (double.PositiveInfinity, double.NegativeInfinity, false);
}

/// <summary>Column <c>series_id</c>: the label set's hash. A series' rows stand together, so its number is looked for in one place only.</summary>
internal sealed class SeriesIdColumn() : ParquetColumn(new(["series_id"], ParquetType.Int64, ColumnMeaning.Unsigned64, ParquetEncoding.Dictionary))
{
    private readonly ArrayBufferWriter<byte> _ids = new();
    private readonly List<(uint Index, int Rows)> _stretches = [];
    private int _count;
    private ulong _last, _min = ulong.MaxValue, _max;

    protected override ReadOnlySpan<byte> Dictionary => _ids.WrittenSpan;

    protected override int DictionaryCount => _count;

    protected override int Encode(ColumnBatch batch, ArrayBufferWriter<byte> body)
    {
        _stretches.Clear();
        foreach (var (series, rows) in batch.Stretches) _stretches.Add((IndexOf(series.Hash), rows));
        StartIndexes(body);
        foreach (var (index, rows) in _stretches) Runs.Add(index, rows);
        Runs.Finish();
        return batch.Rows;
    }

    protected override ColumnStatistics TakeStatistics() => new(PlainNumber.Of((long)_min), PlainNumber.Of((long)_max), 0);

    protected override void Reset()
    {
        _ids.ResetWrittenCount();
        (_count, _min, _max) = (0, ulong.MaxValue, 0);
    }

    private uint IndexOf(ulong id)
    {
        if (_count > 0 && id == _last) return (uint)_count - 1;
        BinaryPrimitives.WriteUInt64LittleEndian(_ids.GetSpan(sizeof(ulong)), id);
        _ids.Advance(sizeof(ulong));
        (_last, _min, _max) = (id, Math.Min(_min, id), Math.Max(_max, id));
        return (uint)_count++;
    }
}

/// <summary>PLAIN form of eight bytes.</summary>
internal static class PlainNumber
{
    public static byte[] Of(long value)
    {
        byte[] bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return bytes;
    }
}
