using System.Buffers;
using System.Buffers.Binary;
using Streamline.Pipeline.Alerting;
using Streamline.Storage;

namespace Streamline.Pipeline.Stages;

/// <summary>The records of an aggregate stage's journal; storage/docs/aggregate.md draws them. Each payload begins with the letter of its kind.</summary>
internal static class AggregateRecords
{
    /// <summary>Samples of one record: a larger batch is several, so that a record stays far below the journal's bound.</summary>
    public const int MaxSamples = 64 * 1024;

    public const byte Stage = (byte)'H', Windows = (byte)'W', Group = (byte)'G', Member = (byte)'M', Kept = (byte)'K', Removed = (byte)'R', Samples = (byte)'S', Stored = (byte)'C', Owed = (byte)'O';

    /// <summary>Bytes of a sample: member, time, value.</summary>
    public const int SampleBytes = 4 + 8 + 8;

    public static void WriteKind(IBufferWriter<byte> record, byte kind)
    {
        record.GetSpan(1)[0] = kind;
        record.Advance(1);
    }

    public static void WriteSample(IBufferWriter<byte> record, int member, long timestampMs, double value)
    {
        var target = record.GetSpan(SampleBytes);
        BinaryPrimitives.WriteInt32LittleEndian(target, member);
        BinaryPrimitives.WriteInt64LittleEndian(target[4..], timestampMs);
        BinaryPrimitives.WriteDoubleLittleEndian(target[12..], value);
        record.Advance(SampleBytes);
    }

    public static (int Member, long TimestampMs, double Value) ReadSample(ref ReadOnlySpan<byte> rest)
    {
        var sample = (BinaryPrimitives.ReadInt32LittleEndian(rest), BinaryPrimitives.ReadInt64LittleEndian(rest[4..]), BinaryPrimitives.ReadDoubleLittleEndian(rest[12..]));
        rest = rest[SampleBytes..];
        return sample;
    }

    public static void WriteGroup(IBufferWriter<byte> record, AggregateGroup group)
    {
        record.WriteBytes(group.Key.Encoded);
        record.WriteLong(group.FirstWindow);
        record.WriteLong(group.LastMs);
        WriteDouble(record, group.Total);
        for (int parity = 0; parity < 2; parity++)
        {
            var window = group.At(parity);
            record.WriteLong(window.Samples);
            record.WriteLong(window.Count);
            WriteDouble(record, window.Sum);
            WriteDouble(record, window.Min);
            WriteDouble(record, window.Max);
            WriteDouble(record, window.Increase);
            WriteDouble(record, window.Last);
            record.WriteLong(window.LastMs);
        }
    }

    public static void ReadGroup(AggregateState state, ref ReadOnlySpan<byte> rest)
    {
        var group = state.Restore(Labels.FromEncoded(JournalFields.ReadBytes(ref rest)), JournalFields.ReadLong(ref rest));
        group.Restore(JournalFields.ReadLong(ref rest), ReadDouble(ref rest));
        for (int parity = 0; parity < 2; parity++)
        {
            var window = group.At(parity);
            window.Samples = JournalFields.ReadLong(ref rest);
            window.Count = JournalFields.ReadLong(ref rest);
            window.Sum = ReadDouble(ref rest);
            window.Min = ReadDouble(ref rest);
            window.Max = ReadDouble(ref rest);
            window.Increase = ReadDouble(ref rest);
            window.Last = ReadDouble(ref rest);
            window.LastMs = JournalFields.ReadLong(ref rest);
        }
    }

    public static void WriteMember(IBufferWriter<byte> record, in AggregateMember member)
    {
        WriteDouble(record, member.Last);
        WriteDouble(record, member.Reading);
        record.WriteLong(member.LastMs);
        record.WriteLong(member.Window);
        record.WriteLong((member.IsLive ? 1 : 0) | (member.HasReading ? 2 : 0));
    }

    public static void ReadMember(ref AggregateMember member, ref ReadOnlySpan<byte> rest)
    {
        member.Last = ReadDouble(ref rest);
        member.Reading = ReadDouble(ref rest);
        member.LastMs = JournalFields.ReadLong(ref rest);
        member.Window = JournalFields.ReadLong(ref rest);
        long flags = JournalFields.ReadLong(ref rest);
        (member.IsLive, member.HasReading) = ((flags & 1) != 0, (flags & 2) != 0);
    }

    public static void WriteOwed(IBufferWriter<byte> record, in AggregateValue owed)
    {
        record.WriteBytes(owed.Group.Key.Encoded);
        record.WriteLong(owed.Output);
        record.WriteLong(owed.EndMs);
        WriteDouble(record, owed.Value);
    }

    public static AggregateValue ReadOwed(ref ReadOnlySpan<byte> rest, int outputs)
    {
        // The group may have ended since: what is owed needs its name only.
        var group = new AggregateGroup(Labels.FromEncoded(JournalFields.ReadBytes(ref rest)), 0, outputs) { IsRestored = true, IsEnded = true };
        long output = JournalFields.ReadLong(ref rest);
        if (output < 0 || output >= outputs) throw new FormatException("no such output");
        return new(group, (int)output, JournalFields.ReadLong(ref rest), ReadDouble(ref rest));
    }

    private static void WriteDouble(IBufferWriter<byte> record, double value) => record.WriteLong(BitConverter.DoubleToInt64Bits(value));

    private static double ReadDouble(ref ReadOnlySpan<byte> rest) => BitConverter.Int64BitsToDouble(JournalFields.ReadLong(ref rest));
}
