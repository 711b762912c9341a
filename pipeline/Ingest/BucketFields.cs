using System.Runtime.InteropServices;
using Streamline.Storage;

namespace Streamline.Pipeline.Ingest;

/// <summary>
/// What the histogram messages of scrapes and of remote write have in common: spans, and lists of buckets, packed as every sender does or one value a field as the format also allows.
/// </summary>
internal static class BucketFields
{
    /// <summary>Finest schema that the format names; those beyond the finest that is stored are merged down.</summary>
    public const int MaxReservedSchema = 52;

    /// <summary>
    /// What is wrong with the spans of one side, or null: whoever walks them can rely on as many counts as they name, at indexes that an int holds.
    /// </summary>
    public static string? Problem(string side, List<HistogramSpan> spans, int buckets)
    {
        long total = 0, index = 0;
        for (int i = 0; i < spans.Count; i++)
        {
            total += spans[i].Length;
            index += (long)spans[i].Offset + spans[i].Length;
            if (i > 0 && spans[i].Offset < 0) return $"{side} side: span {i + 1} has the negative offset {spans[i].Offset}";
            if (Math.Abs(index) > int.MaxValue) return $"{side} side: bucket index {index} is out of range";
        }
        return total == buckets ? null : $"{side} side: spans need {total} buckets, have {buckets}";
    }

    public static HistogramSpan ReadSpan(ReadOnlySpan<byte> message)
    {
        int offset = 0;
        uint length = 0;
        var reader = new ProtobufReader(message);
        while (reader.MoveNext())
        {
            if (reader.Field == 1 && reader.WireType == 0) offset = (int)ProtobufReader.ZigZag(reader.ReadVarint());
            else if (reader.Field == 2 && reader.WireType == 0) length = (uint)reader.ReadVarint();
            else reader.Skip();
        }
        return new HistogramSpan(offset, length);
    }

    /// <summary>Reads differences, each to the bucket before it; <paramref name="level"/> is the last bucket so far.</summary>
    public static void ReadDeltas(ref ProtobufReader reader, List<double> levels, ref long level, int most = int.MaxValue)
    {
        if (reader.WireType == 0)
        {
            Add(levels, level += ProtobufReader.ZigZag(reader.ReadVarint()), most);
            return;
        }
        if (reader.WireType != 2) throw new IngestFormatException("malformed protobuf: bucket deltas of a wrong wire type");
        var packed = new ProtobufReader(reader.ReadBytes());
        while (!packed.IsAtEnd) Add(levels, level += ProtobufReader.ZigZag(packed.ReadVarint()), most);
    }

    public static void ReadDoubles(ref ProtobufReader reader, List<double> values, int most = int.MaxValue)
    {
        if (reader.WireType == 1)
        {
            Add(values, reader.ReadDouble(), most);
            return;
        }
        if (reader.WireType != 2) throw new IngestFormatException("malformed protobuf: bucket counts of a wrong wire type");
        var bytes = reader.ReadBytes();
        if (bytes.Length % 8 != 0) throw new IngestFormatException("malformed protobuf: packed doubles of a wrong length");
        foreach (double value in MemoryMarshal.Cast<byte, double>(bytes)) Add(values, value, most);
    }

    private static void Add(List<double> values, double value, int most)
    {
        if (values.Count == most) throw new IngestFormatException($"a histogram has more than {most} buckets");
        values.Add(value);
    }
}
