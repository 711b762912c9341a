using System.Buffers;
using Streamline.Pipeline.Alerting;

namespace Streamline.Pipeline.Ingest.Otlp;

/// <summary>A stream as a record of the journal.</summary>
internal sealed partial class DeltaStream
{
    public void Save(IBufferWriter<byte> record)
    {
        record.WriteLong(SeenMs);
        record.WriteLong((long)_startNanos);
        record.WriteLong((long)_lastNanos);
        record.WriteLong(BitConverter.DoubleToInt64Bits(_value));
        record.WriteLong((long)_count);
        record.WriteLong(_sum is null ? 0 : 1);
        record.WriteLong(BitConverter.DoubleToInt64Bits(_sum ?? 0));
        record.WriteLong((long)_zeroCount);
        record.WriteLong(_scale);
        record.WriteLong(_bounds.Count);
        foreach (double bound in _bounds) record.WriteLong(BitConverter.DoubleToInt64Bits(bound));
        record.WriteLong(_buckets.Count);
        foreach (ulong bucket in _buckets) record.WriteLong((long)bucket);
        Save(record, _positive);
        Save(record, _negative);
    }

    /// <exception cref="FormatException">No such state.</exception>
    /// <exception cref="ArgumentException">Too short.</exception>
    public static DeltaStream Restore(ref ReadOnlySpan<byte> rest)
    {
        var stream = new DeltaStream
        {
            SeenMs = JournalFields.ReadLong(ref rest),
            _startNanos = (ulong)JournalFields.ReadLong(ref rest),
            _lastNanos = (ulong)JournalFields.ReadLong(ref rest),
            _value = BitConverter.Int64BitsToDouble(JournalFields.ReadLong(ref rest)),
            _count = (ulong)JournalFields.ReadLong(ref rest),
        };
        bool hasSum = JournalFields.ReadLong(ref rest) != 0;
        double sum = BitConverter.Int64BitsToDouble(JournalFields.ReadLong(ref rest));
        stream._sum = hasSum ? sum : null;
        stream._zeroCount = (ulong)JournalFields.ReadLong(ref rest);
        stream._scale = Narrow(JournalFields.ReadLong(ref rest));
        for (int i = JournalFields.ReadCount(ref rest, itemBytes: 8); i > 0; i--) stream._bounds.Add(BitConverter.Int64BitsToDouble(JournalFields.ReadLong(ref rest)));
        for (int i = JournalFields.ReadCount(ref rest, itemBytes: 8); i > 0; i--) stream._buckets.Add((ulong)JournalFields.ReadLong(ref rest));
        Restore(stream._positive, ref rest);
        Restore(stream._negative, ref rest);
        return stream;
    }

    private static void Save(IBufferWriter<byte> record, SortedDictionary<int, ulong> buckets)
    {
        record.WriteLong(buckets.Count);
        foreach (var (index, count) in buckets)
        {
            record.WriteLong(index);
            record.WriteLong((long)count);
        }
    }

    private static void Restore(SortedDictionary<int, ulong> buckets, ref ReadOnlySpan<byte> rest)
    {
        for (int i = JournalFields.ReadCount(ref rest, itemBytes: 16); i > 0; i--) buckets[Narrow(JournalFields.ReadLong(ref rest))] = (ulong)JournalFields.ReadLong(ref rest);
        if (Width(buckets) > MaxBuckets) throw new FormatException("more buckets than a stream keeps");
    }

    private static int Narrow(long value) => value is >= int.MinValue and <= int.MaxValue ? (int)value : throw new FormatException("a number out of range");
}
