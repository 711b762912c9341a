using Streamline.Storage;

namespace Streamline.Pipeline.Ingest.Otlp;

/// <summary>Points of histograms to native histograms (reference W21).</summary>
internal static class OtlpHistograms
{
    // OTLP's zero bucket has no width unless it is sent; Prometheus's clients use this one.
    private const double DefaultZeroThreshold = 1e-128;

    /// <summary>An exponential histogram; scales finer than the finest schema are merged down. Null with the reason when the scale is too coarse or nothing adds up.</summary>
    public static NativeHistogram? FromExponential(OtlpPoint point, out string? problem)
    {
        problem = null;
        if (point.HasNoValue) return NativeHistogram.Stale;
        if (point.Scale < NativeHistogram.MinSchema)
        {
            problem = $"exponential histogram with scale {point.Scale}: it must be at least {NativeHistogram.MinSchema}";
            return null;
        }
        int shift = Math.Clamp(point.Scale - NativeHistogram.MaxSchema, 0, 31);
        var positive = Scaled(point.Positive, shift);
        var negative = Scaled(point.Negative, shift);
        var histogram = new NativeHistogram
        {
            Schema = Math.Min(point.Scale, NativeHistogram.MaxSchema),
            ZeroThreshold = point.ZeroThreshold > 0 ? point.ZeroThreshold : DefaultZeroThreshold,
            ZeroCount = point.ZeroCount,
            Count = point.Count,
            Sum = point.Sum ?? 0,
            IsInteger = true,
            PositiveSpanArray = positive.Spans,
            PositiveBucketArray = positive.Counts,
            NegativeSpanArray = negative.Spans,
            NegativeBucketArray = negative.Counts,
        };
        problem = histogram.Validate();
        return problem is null ? histogram : null;
    }

    /// <summary>An explicit histogram with its bounds as custom buckets.</summary>
    public static NativeHistogram? FromExplicit(OtlpPoint point, out string? problem)
    {
        problem = null;
        if (point.HasNoValue) return NativeHistogram.Stale;
        var writer = new OtlpBucketWriter();
        // Without buckets everything lies in the one between the infinities.
        if (point.BucketCounts.Count == 0) writer.Add(0, point.Count);
        for (int i = 0; i < point.BucketCounts.Count; i++) writer.Add(i, point.BucketCounts[i]);
        var histogram = new NativeHistogram
        {
            Schema = NativeHistogram.CustomBucketsSchema,
            Count = point.Count,
            Sum = point.Sum ?? 0,
            IsInteger = true,
            PositiveSpanArray = writer.Spans,
            PositiveBucketArray = writer.Counts,
            CustomBoundArray = [.. point.Bounds],
        };
        problem = histogram.Validate();
        return problem is null ? histogram : null;
    }

    // Bucket i of OTLP begins at base^i, Prometheus's ends there: one further.
    private static OtlpBucketWriter Scaled(OtlpBuckets buckets, int shift)
    {
        var writer = new OtlpBucketWriter();
        for (int i = 0; i < buckets.Counts.Count; i++) writer.Add((int)(((long)buckets.Offset + i) >> shift) + 1, buckets.Counts[i]);
        return writer;
    }
}
