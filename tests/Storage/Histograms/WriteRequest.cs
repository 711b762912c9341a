using System.Buffers.Binary;
using Streamline.Storage.Encoding;

namespace Streamline.Storage.Tests.Histograms;

/// <summary>A remote-write 1.0 request, field by field (prompb/types.proto).</summary>
internal static class WriteRequest
{
    public static byte[] Of(IEnumerable<(string Name, long Time, NativeHistogram Histogram)> samples) =>
        [.. samples.SelectMany(s => Bytes(1, [.. Bytes(1, [.. Text(1, "__name__"), .. Text(2, s.Name)]), .. Bytes(4, Histogram(s.Time, s.Histogram))]))];

    private static byte[] Histogram(long time, NativeHistogram h)
    {
        var to = new List<byte>();
        // 2.42 takes a histogram without observations for one of integers, and of a stale marker only the sum is kept.
        to.AddRange(h.IsInteger ? Number(1, (ulong)h.Count) : Double(2, h.IsStale ? 1 : h.Count));
        to.AddRange(Double(3, h.Sum));
        to.AddRange(Number(4, Varint.ZigZag(h.Schema)));
        to.AddRange(Double(5, h.ZeroThreshold));
        to.AddRange(h.IsInteger ? Number(6, (ulong)h.ZeroCount) : Double(7, h.ZeroCount));
        AddSide(to, 8, h.NegativeSpans, h.NegativeBuckets, h.IsInteger);
        AddSide(to, 11, h.PositiveSpans, h.PositiveBuckets, h.IsInteger);
        to.AddRange(Number(14, (ulong)h.ResetHint));
        to.AddRange(Number(15, (ulong)time));
        return [.. to];
    }

    private static void AddSide(List<byte> to, int field, ReadOnlySpan<HistogramSpan> spans, ReadOnlySpan<double> counts, bool integer)
    {
        foreach (var span in spans) to.AddRange(Bytes(field, [.. Number(1, Varint.ZigZag(span.Offset)), .. Number(2, span.Length)]));
        var packed = new List<byte>();
        long below = 0;
        foreach (double count in counts)
        {
            packed.AddRange(integer ? Raw(Varint.ZigZag((long)count - below)) : Raw(count));
            below = (long)count;
        }
        if (packed.Count > 0) to.AddRange(Bytes(integer ? field + 1 : field + 2, [.. packed]));
    }

    private static byte[] Text(int field, string text) => Bytes(field, System.Text.Encoding.UTF8.GetBytes(text));

    private static byte[] Bytes(int field, byte[] content) => [.. Raw((ulong)field << 3 | 2), .. Raw((ulong)content.Length), .. content];

    private static byte[] Number(int field, ulong value) => [.. Raw((ulong)field << 3), .. Raw(value)];

    private static byte[] Double(int field, double value) => [.. Raw((ulong)field << 3 | 1), .. Raw(value)];

    private static byte[] Raw(ulong value)
    {
        byte[] bytes = new byte[Varint.MaxBytes];
        return bytes[..Varint.Write(bytes, value)];
    }

    private static byte[] Raw(double value)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteDoubleLittleEndian(bytes, value);
        return bytes;
    }
}
