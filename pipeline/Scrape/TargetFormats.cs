using Streamline.Pipeline.Config;
using Streamline.Pipeline.Exposition;
using Streamline.Pipeline.Ingest;
using Streamline.Storage;

namespace Streamline.Pipeline.Scrape;

/// <summary>What a target's answers are read for, and how fine its histograms may be.</summary>
/// <param name="Options">What is taken of a body.</param>
/// <param name="BucketLimit">Most buckets of a native histogram; 0 sets no limit.</param>
/// <param name="MaxSchema">Finest resolution that is stored.</param>
internal sealed record TargetFormats(ExpositionOptions Options, int BucketLimit, int MaxSchema)
{
    /// <summary>Whether a float may bring more than its value.</summary>
    public bool HasExtras => Options.Exemplars || Options.StartTimes;

    /// <summary>The formats of a job, before a target's own labels change them.</summary>
    public static TargetFormats Of(ScrapeConfig config, in ScrapeFeatures features) => new(
        new ExpositionOptions(
            NativeHistograms: config.ScrapeNativeHistograms == true,
            KeepClassic: config.AlwaysScrapeClassicHistograms == true,
            ConvertClassic: config.ConvertClassicHistogramsToNhcb == true,
            Exemplars: features.Exemplars,
            StartTimes: features.StartTimes,
            TypeAndUnit: features.TypeAndUnitLabels,
            Lenient: true),
        config.NativeHistogramBucketLimit,
        PickSchema(config.NativeHistogramMinBucketFactor));

    /// <summary>The finest schema whose buckets grow by the factor at least.</summary>
    public static int PickSchema(double bucketFactor)
    {
        // The growth at schema 8; whoever asks for less gets that.
        if (bucketFactor <= 1) bucketFactor = 1.00271;
        double schema = Math.Floor(-Math.Log2(Math.Log2(bucketFactor)));
        return (int)Math.Clamp(schema, NativeHistogram.MinSchema, NativeHistogram.MaxSchema);
    }

    /// <summary>The histogram as it is stored: checked, no finer than is wanted, its resolution halved until it fits; null when it has too many buckets at any.</summary>
    /// <exception cref="ScrapeException">It is invalid.</exception>
    public NativeHistogram? Fit(NativeHistogram histogram)
    {
        if (histogram.Schema <= BucketFields.MaxReservedSchema) histogram = histogram.AtSchema(MaxSchema);
        if (histogram.Validate() is { } problem) throw new ScrapeException(problem);
        if (BucketLimit == 0) return histogram;
        while (histogram.PositiveBuckets.Length + histogram.NegativeBuckets.Length > BucketLimit)
        {
            if (histogram.HasCustomBuckets || histogram.Schema <= NativeHistogram.MinSchema) return null;
            histogram = histogram.AtSchema(histogram.Schema - 1);
        }
        return histogram;
    }
}

/// <summary>What <c>--enable-feature</c> switches on for scrapes.</summary>
/// <param name="Exemplars"><c>exemplar-storage</c>.</param>
/// <param name="StartTimes"><c>created-timestamp-zero-ingestion</c>. Not <c>st-storage</c> while nothing keeps starts: lines of <c>_created</c> stay samples then.</param>
/// <param name="TypeAndUnitLabels"><c>type-and-unit-labels</c>.</param>
/// <param name="ExtraMetrics"><c>extra-scrape-metrics</c>, where the configuration says nothing.</param>
internal readonly record struct ScrapeFeatures(bool Exemplars, bool StartTimes, bool TypeAndUnitLabels, bool ExtraMetrics)
{
    public static ScrapeFeatures Of(IReadOnlyCollection<string> features) => new(
        features.Contains("exemplar-storage"),
        features.Contains("created-timestamp-zero-ingestion"),
        features.Contains("type-and-unit-labels"),
        features.Contains("extra-scrape-metrics"));
}
