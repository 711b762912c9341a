using System.Diagnostics.Metrics;
using Streamline.Pipeline.Discovery;

namespace Streamline.Pipeline.Scrape;

/// <summary>What Prometheus says about its scrapes, under its names, and our count of skipped ones.</summary>
internal sealed class ScrapeMetrics
{
    public ScrapeMetrics(Meter meter, Func<IEnumerable<Measurement<long>>> poolTargets)
    {
        IntervalLength = meter.CreateHistogram<double>("prometheus_target_interval_length_seconds", null, "Time from one scrape of a target to its next, seconds.");
        ScrapeDuration = meter.CreateHistogram<double>("prometheus_target_scrape_duration_seconds", null, "How long scrapes took.");
        Syncs = meter.CreateCounter<long>("prometheus_target_scrape_pool_sync_total", null, "Times that a job took up a changed list of targets.");
        FailedTargets = meter.CreateCounter<long>("prometheus_target_sync_failed_total", null, "Targets that could not be made from what discovery told.");
        Pools = meter.CreateUpDownCounter<long>("prometheus_target_scrape_pools", null, "Scrape pools in use.");
        BodySizeLimit = Counter(meter, "exceeded_body_size_limit", "Scrapes refused for the size of their body.");
        SampleLimit = Counter(meter, "exceeded_sample_limit", "Scrapes refused for their number of samples.");
        LabelLimits = meter.CreateCounter<long>("prometheus_target_scrape_pool_exceeded_label_limits_total", null, "Scrapes refused for number or length of labels.");
        BucketLimit = Counter(meter, "exceeded_native_histogram_bucket_limit", "Scrapes refused for a native histogram with more buckets than the limit at any resolution.");
        Duplicates = Counter(meter, "sample_duplicate_timestamp", "Samples refused for another value at the same time.");
        OutOfOrder = Counter(meter, "sample_out_of_order", "Samples refused for being older than the newest of their series.");
        OutOfBounds = Counter(meter, "sample_out_of_bounds", "Samples refused for lying outside the time that the head takes.");
        ExemplarOutOfOrder = Counter(meter, "exemplar_out_of_order", "Exemplars refused for being older than the newest of their series, where the scrape had no newer one.");
        Skipped = meter.CreateCounter<long>("streamline_target_scrapes_skipped_total", null, "Scrapes left out because the one before still ran.");
        Discovery = new DiscoveryMetrics(meter);
        Held = meter.CreateCounter<long>("streamline_target_scrapes_held_total", null, "Scrapes left out because memory was short.");
        meter.CreateObservableGauge("prometheus_target_scrape_pool_targets", poolTargets, null, "Targets of a job.");
    }

    public Histogram<double> IntervalLength { get; }

    public Histogram<double> ScrapeDuration { get; }

    public Counter<long> Syncs { get; }

    public Counter<long> FailedTargets { get; }

    public UpDownCounter<long> Pools { get; }

    public Counter<long> BodySizeLimit { get; }

    public Counter<long> SampleLimit { get; }

    public Counter<long> LabelLimits { get; }

    public Counter<long> BucketLimit { get; }

    public Counter<long> Duplicates { get; }

    public Counter<long> OutOfOrder { get; }

    public Counter<long> OutOfBounds { get; }

    public Counter<long> ExemplarOutOfOrder { get; }

    public Counter<long> Skipped { get; }

    public Counter<long> Held { get; }

    public DiscoveryMetrics Discovery { get; }

    /// <summary>Counts a failure under its own counter, if it has one.</summary>
    public void Count(ScrapeFailure failure)
    {
        switch (failure)
        {
            case ScrapeFailure.BodySizeLimit: BodySizeLimit.Add(1); break;
            case ScrapeFailure.SampleLimit: SampleLimit.Add(1); break;
            case ScrapeFailure.LabelLimits: LabelLimits.Add(1); break;
            case ScrapeFailure.BucketLimit: BucketLimit.Add(1); break;
            case ScrapeFailure.Other: break;
        }
    }

    private static Counter<long> Counter(Meter meter, string what, string help) => meter.CreateCounter<long>($"prometheus_target_scrapes_{what}_total", null, help);
}
