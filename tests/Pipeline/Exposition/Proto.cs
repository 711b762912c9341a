using System.Buffers.Binary;
using System.Text;

namespace Streamline.Pipeline.Tests.Exposition;

/// <summary>Writes protobuf messages field by field.</summary>
internal sealed class Proto
{
    private readonly List<byte> _bytes = [];

    public byte[] Bytes => [.. _bytes];

    /// <summary>The message behind its length, as families stand in a body.</summary>
    public byte[] Delimited => [.. Varint((ulong)_bytes.Count), .. _bytes];

    public Proto Number(int field, ulong value) => Add(field, 0, Varint(value));

    public Proto Signed(int field, long value) => Number(field, (ulong)(value << 1 ^ value >> 63));

    public Proto Double(int field, double value)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteDoubleLittleEndian(bytes, value);
        return Add(field, 1, bytes);
    }

    public Proto Text(int field, string text) => Blob(field, Encoding.UTF8.GetBytes(text));

    public Proto Message(int field, Proto message) => Blob(field, message.Bytes);

    public Proto Blob(int field, byte[] content) => Add(field, 2, [.. Varint((ulong)content.Length), .. content]);

    public Proto Deltas(int field, params long[] deltas) => Blob(field, [.. deltas.SelectMany(d => Varint((ulong)(d << 1 ^ d >> 63)))]);

    public Proto Doubles(int field, params double[] values) => Blob(field, [.. values.SelectMany(BitConverter.GetBytes)]);

    // The messages of io.prometheus.client.

    public static Proto Family(string name, int type, params Proto[] metrics)
    {
        var family = new Proto().Text(1, name).Text(2, "help of " + name).Number(3, (ulong)type);
        foreach (var metric in metrics) family.Message(4, metric);
        return family;
    }

    public static Proto Metric(int field, Proto value, params string[] labels)
    {
        var metric = new Proto();
        foreach (string label in labels) metric.Message(1, Pair(label));
        return metric.Message(field, value);
    }

    public static Proto Counter(double value, params string[] labels) => Metric(3, new Proto().Double(1, value), labels);

    public static Proto Gauge(double value, params string[] labels) => Metric(2, new Proto().Double(1, value), labels);

    public static Proto Bucket(double bound, ulong count) => new Proto().Number(1, count).Double(2, bound);

    public static Proto Span(int offset, uint length) => new Proto().Signed(1, offset).Number(2, length);

    public static Proto Time(long seconds, int nanos = 0) => new Proto().Number(1, (ulong)seconds).Number(2, (ulong)nanos);

    public static Proto Exemplar(string label, double value, Proto? time = null)
    {
        var exemplar = new Proto().Message(1, Pair(label)).Double(2, value);
        return time is null ? exemplar : exemplar.Message(3, time);
    }

    private static Proto Pair(string label) => new Proto().Text(1, label.Split('=')[0]).Text(2, label[(label.IndexOf('=', StringComparison.Ordinal) + 1)..]);

    private Proto Add(int field, int wireType, byte[] content)
    {
        _bytes.AddRange(Varint((ulong)(field << 3 | wireType)));
        _bytes.AddRange(content);
        return this;
    }

    private static byte[] Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7) bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
        return [.. bytes];
    }
}
