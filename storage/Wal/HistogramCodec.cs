using System.Buffers.Binary;
using Streamline.Storage.Encoding;

namespace Streamline.Storage.Wal;

/// <summary>One histogram inside a record (tsdb/record/record.go): hint, schema, zero bucket, count, sum, spans, buckets, bounds (docs/wal.md).</summary>
internal static class HistogramCodec
{
    public static int MaxBytes(NativeHistogram histogram) =>
        64 + (histogram.PositiveSpans.Length + histogram.NegativeSpans.Length) * 2 * Varint.MaxBytes
        + (histogram.PositiveBuckets.Length + histogram.NegativeBuckets.Length) * Varint.MaxBytes + histogram.CustomBounds.Length * sizeof(double) + 5 * Varint.MaxBytes;

    /// <summary>Writes and returns the number of bytes.</summary>
    public static int Write(Span<byte> target, NativeHistogram histogram)
    {
        int at = 0;
        target[at++] = (byte)histogram.ResetHint;
        at += Varint.WriteSigned(target[at..], histogram.Schema);
        at += Double(target[at..], histogram.ZeroThreshold);
        at += histogram.IsInteger ? Varint.Write(target[at..], (ulong)histogram.ZeroCount) : Double(target[at..], histogram.ZeroCount);
        at += histogram.IsInteger ? Varint.Write(target[at..], (ulong)histogram.Count) : Double(target[at..], histogram.Count);
        at += Double(target[at..], histogram.Sum);
        at += Spans(target[at..], histogram.PositiveSpans);
        at += Spans(target[at..], histogram.NegativeSpans);
        at += Buckets(target[at..], histogram.PositiveBuckets, histogram.IsInteger);
        at += Buckets(target[at..], histogram.NegativeBuckets, histogram.IsInteger);
        if (!histogram.HasCustomBuckets) return at;
        at += Varint.Write(target[at..], (ulong)histogram.CustomBounds.Length);
        foreach (double bound in histogram.CustomBounds) at += Double(target[at..], bound);
        return at;
    }

    private static int Double(Span<byte> target, double value)
    {
        BinaryPrimitives.WriteDoubleBigEndian(target, value);
        return sizeof(double);
    }

    private static int Spans(Span<byte> target, ReadOnlySpan<HistogramSpan> spans)
    {
        int at = Varint.Write(target, (ulong)spans.Length);
        foreach (var span in spans)
        {
            at += Varint.WriteSigned(target[at..], span.Offset);
            at += Varint.Write(target[at..], span.Length);
        }
        return at;
    }

    private static int Buckets(Span<byte> target, ReadOnlySpan<double> counts, bool isInteger)
    {
        int at = Varint.Write(target, (ulong)counts.Length);
        long below = 0;
        foreach (double count in counts)
        {
            at += isInteger ? Varint.WriteSigned(target[at..], (long)count - below) : Double(target[at..], count);
            below = (long)count;
        }
        return at;
    }
}
