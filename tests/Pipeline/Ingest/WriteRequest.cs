using System.Buffers.Binary;
using System.Text;

namespace Streamline.Pipeline.Tests.Ingest;

/// <summary>Writes <c>prometheus.WriteRequest</c> messages byte by byte, wrong ones too.</summary>
internal sealed class WriteRequest
{
    private readonly List<byte> _bytes = [];

    public byte[] Message => [.. _bytes];

    /// <summary>As it goes over the wire, packed by a coder that is not ours.</summary>
    public byte[] Body => IronSnappy.Snappy.Encode(Message);

    /// <summary>A series with labels given as <c>a=b</c>, in the order as they stand.</summary>
    public WriteRequest Series(string[] labels, params (long TimestampMs, double Value)[] samples) =>
        Series([.. labels.Select(l => (Encoding.UTF8.GetBytes(l.Split('=')[0]), Encoding.UTF8.GetBytes(l[(l.IndexOf('=', StringComparison.Ordinal) + 1)..])))], samples);

    public WriteRequest Series((byte[] Name, byte[] Value)[] labels, params (long TimestampMs, double Value)[] samples)
    {
        var series = new List<byte>();
        foreach (var (name, value) in labels) Add(series, 1, [.. Field(1, name), .. Field(2, value)]);
        foreach (var (timestampMs, value) in samples) Add(series, 2, Sample(timestampMs, value));
        return Raw(1, [.. series]);
    }

    /// <summary>Any length-delimited field of the request.</summary>
    public WriteRequest Raw(int field, byte[] content)
    {
        Add(_bytes, field, content);
        return this;
    }

    public static byte[] Field(int field, byte[] content)
    {
        var bytes = new List<byte>();
        Add(bytes, field, content);
        return [.. bytes];
    }

    public static byte[] Sample(long timestampMs, double value)
    {
        var bytes = new List<byte> { 1 << 3 | 1 };
        byte[] number = new byte[8];
        BinaryPrimitives.WriteDoubleLittleEndian(number, value);
        bytes.AddRange(number);
        bytes.Add(2 << 3);
        Varint(bytes, (ulong)timestampMs);
        return [.. bytes];
    }

    private static void Add(List<byte> target, int field, byte[] content)
    {
        Varint(target, (ulong)(field << 3 | 2));
        Varint(target, (ulong)content.Length);
        target.AddRange(content);
    }

    private static void Varint(List<byte> target, ulong value)
    {
        for (; value >= 0x80; value >>= 7) target.Add((byte)(value | 0x80));
        target.Add((byte)value);
    }
}
