using Streamline.Storage.Encoding;

namespace Streamline.Storage.Histograms;

/// <summary>What all histograms of one chunk have in common; stands once, in front of the first one (tsdb/chunkenc/histogram_meta.go).</summary>
internal sealed class HistogramLayout(int schema, double zeroThreshold, HistogramSpan[] positive, HistogramSpan[] negative, double[] bounds)
{
    // Thresholds that are powers of two from 2^-243 to 2^10 take one byte, 1 to 254.
    private const int SmallestExponent = -243, LargestExponent = 10, OtherThreshold = 255;

    // Bounds that are multiples of 0.001 up to this many thousandths take up to four bytes.
    private const double MostThousandths = 33554430;

    public int Schema => schema;

    public double ZeroThreshold => zeroThreshold;

    public HistogramSpan[] Positive => positive;

    public HistogramSpan[] Negative => negative;

    public double[] Bounds => bounds;

    public int PositiveCount { get; } = (int)BucketSpans.Count(positive);

    public int NegativeCount { get; } = (int)BucketSpans.Count(negative);

    public static HistogramLayout Of(NativeHistogram histogram) =>
        new(histogram.Schema, histogram.ZeroThreshold, histogram.PositiveSpanArray, histogram.NegativeSpanArray, histogram.CustomBoundArray);

    /// <summary>Whether the buckets are the same but for their counts; spans are compared as they stand.</summary>
    public bool IsOf(NativeHistogram histogram) =>
        HasScaleOf(histogram) && Same(Positive, histogram.PositiveSpanArray) && Same(Negative, histogram.NegativeSpanArray);

    public bool HasScaleOf(NativeHistogram histogram) => Schema == histogram.Schema && ZeroThreshold == histogram.ZeroThreshold
        && (Schema != NativeHistogram.CustomBucketsSchema || Bounds.AsSpan().SequenceEqual(histogram.CustomBounds));

    public void Write(BitWriter writer)
    {
        WriteThreshold(writer, ZeroThreshold);
        writer.PutVarbit(Schema);
        WriteSpans(writer, Positive);
        WriteSpans(writer, Negative);
        if (Schema != NativeHistogram.CustomBucketsSchema) return;
        writer.PutVarbitUnsigned((ulong)Bounds.Length);
        foreach (double bound in Bounds) WriteBound(writer, bound);
    }

    /// <summary>Null when the bits are no layout, or name more buckets than there are bits left.</summary>
    public static HistogramLayout? Read(ref BitReader reader)
    {
        double threshold = ReadThreshold(ref reader);
        long schema = reader.ReadVarbit();
        if (!IsKnown(schema) || ReadSpans(ref reader) is not { } positive || ReadSpans(ref reader) is not { } negative) return null;
        if (BucketSpans.Count(positive) + BucketSpans.Count(negative) > reader.Left) return null;
        double[]? bounds = schema == NativeHistogram.CustomBucketsSchema ? ReadBounds(ref reader) : [];
        return reader.Failed || bounds is null ? null : new HistogramLayout((int)schema, threshold, positive, negative, bounds);
    }

    /// <summary>Schemas that may stand in a chunk: those beyond 8 are reserved for finer ones, which are made coarser when read.</summary>
    public static bool IsKnown(long schema) => schema is >= NativeHistogram.MinSchema and <= HistogramResolution.MaxReservedSchema or NativeHistogram.CustomBucketsSchema;

    private static bool Same(HistogramSpan[] one, HistogramSpan[] other) => ReferenceEquals(one, other) || one.AsSpan().SequenceEqual(other);

    private static void WriteThreshold(BitWriter writer, double threshold)
    {
        if (threshold == 0)
        {
            writer.Put(0, 8);
            return;
        }
        int exponent = double.IsFinite(threshold) ? Math.ILogB(threshold) : int.MaxValue;
        if (exponent is >= SmallestExponent and <= LargestExponent && Math.ScaleB(1, exponent) == threshold)
        {
            writer.Put((ulong)(exponent - SmallestExponent + 1), 8);
            return;
        }
        writer.Put(OtherThreshold, 8);
        writer.Put(BitConverter.DoubleToUInt64Bits(threshold), 64);
    }

    private static double ReadThreshold(ref BitReader reader)
    {
        int code = (int)reader.Read(8);
        return code switch
        {
            0 => 0,
            OtherThreshold => reader.ReadDouble(),
            _ => Math.ScaleB(1, code + SmallestExponent - 1),
        };
    }

    private static void WriteSpans(BitWriter writer, HistogramSpan[] spans)
    {
        writer.PutVarbitUnsigned((ulong)spans.Length);
        foreach (var span in spans)
        {
            writer.PutVarbitUnsigned(span.Length);
            writer.PutVarbit(span.Offset);
        }
    }

    private static HistogramSpan[]? ReadSpans(ref BitReader reader)
    {
        const int leastSpanBits = 2;
        ulong count = reader.ReadVarbitUnsigned();
        if (count > (ulong)(reader.Left / leastSpanBits)) return null;
        var spans = new HistogramSpan[count];
        foreach (ref var span in spans.AsSpan())
        {
            uint length = (uint)reader.ReadVarbitUnsigned();
            span = new HistogramSpan((int)reader.ReadVarbit(), length);
        }
        return spans;
    }

    private static void WriteBound(BitWriter writer, double bound)
    {
        double thousandths = bound * 1000;
        if (thousandths is >= 0 and <= MostThousandths && Math.Round(thousandths, MidpointRounding.AwayFromZero) / 1000 == bound)
        {
            // One more, so that the code never begins with the zero that announces other bounds.
            writer.PutVarbitUnsigned((ulong)Math.Round(thousandths, MidpointRounding.AwayFromZero) + 1);
            return;
        }
        writer.Put(0, 1);
        writer.Put(BitConverter.DoubleToUInt64Bits(bound), 64);
    }

    private static double[]? ReadBounds(ref BitReader reader)
    {
        ulong count = reader.ReadVarbitUnsigned();
        if (count > (ulong)reader.Left) return null;
        var bounds = new double[count];
        foreach (ref double bound in bounds.AsSpan())
        {
            ulong code = reader.ReadVarbitUnsigned();
            bound = code == 0 ? reader.ReadDouble() : (code - 1) / 1000.0;
        }
        return bounds;
    }
}
