using System.Buffers.Binary;
using System.Text;

namespace Streamline.Pipeline.Tests.Ingest;

/// <summary>Writes <c>io.prometheus.write.v2.Request</c> messages byte by byte: series first, then the table they refer to, as the format allows.</summary>
internal sealed class WriteRequestV2
{
    private readonly List<byte> _series = [];
    private readonly List<string> _symbols = [""];

    public byte[] Message => [.. _series, .. _symbols.SelectMany(s => WriteRequest.Field(4, Encoding.UTF8.GetBytes(s)))];

    public byte[] Body => IronSnappy.Snappy.Encode(Message);

    /// <summary>A series of labels <c>a=b</c> with any parts, made by the functions below.</summary>
    public WriteRequestV2 Series(string[] labels, params byte[][] parts)
    {
        byte[] references = References(labels);
        _series.AddRange(WriteRequest.Field(5, [.. WriteRequest.Field(1, references), .. parts.SelectMany(p => p)]));
        return this;
    }

    /// <summary>A series whose references are given.</summary>
    public WriteRequestV2 RawSeries(params byte[] references)
    {
        _series.AddRange(WriteRequest.Field(5, WriteRequest.Field(1, references)));
        return this;
    }

    public static byte[] Sample(long timestampMs, double value, long startMs = 0) =>
        WriteRequest.Field(2, [.. WriteRequest.Sample(timestampMs, value), .. Number(3, (ulong)startMs)]);

    public static byte[] Histogram(params byte[][] fields) => WriteRequest.Field(3, [.. fields.SelectMany(f => f)]);

    public byte[] Exemplar(long timestampMs, double value, params string[] labels) =>
        WriteRequest.Field(4, [.. WriteRequest.Field(1, References(labels)), .. Double(2, value), .. Number(3, (ulong)timestampMs)]);

    public byte[] Metadata(int type, string help, string unit) =>
        WriteRequest.Field(5, [.. Number(1, (ulong)type), .. Number(3, Reference(help)), .. Number(4, Reference(unit))]);

    public static byte[] Number(int field, ulong value)
    {
        var bytes = new List<byte> { (byte)(field << 3 & 0x7f | (field > 15 ? 0x80 : 0)) };
        if (field > 15) bytes.Add((byte)(field >> 4));
        Varint(bytes, value);
        return [.. bytes];
    }

    public static byte[] Double(int field, double value)
    {
        byte[] bytes = new byte[9];
        bytes[0] = (byte)(field << 3 | 1);
        BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(1), value);
        return bytes;
    }

    public static ulong ZigZag(long value) => (ulong)(value << 1 ^ value >> 63);

    /// <summary>A packed field of signed deltas.</summary>
    public static byte[] Deltas(int field, params long[] values)
    {
        var bytes = new List<byte>();
        foreach (long value in values) Varint(bytes, ZigZag(value));
        return WriteRequest.Field(field, [.. bytes]);
    }

    public static byte[] Span(int field, int offset, uint length) => WriteRequest.Field(field, [.. Number(1, ZigZag(offset)), .. Number(2, length)]);

    private byte[] References(string[] labels)
    {
        var bytes = new List<byte>();
        foreach (string label in labels)
        {
            int split = label.IndexOf('=', StringComparison.Ordinal);
            Varint(bytes, Reference(label[..split]));
            Varint(bytes, Reference(label[(split + 1)..]));
        }
        return [.. bytes];
    }

    private ulong Reference(string text)
    {
        int at = _symbols.IndexOf(text);
        if (at >= 0) return (ulong)at;
        _symbols.Add(text);
        return (ulong)_symbols.Count - 1;
    }

    private static void Varint(List<byte> target, ulong value)
    {
        for (; value >= 0x80; value >>= 7) target.Add((byte)(value | 0x80));
        target.Add((byte)value);
    }
}
