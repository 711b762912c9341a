using System.Diagnostics.Metrics;

namespace Streamline.Pipeline.Scrape;

/// <summary>What Prometheus says about its scrapes, under its names, and our count of skipped ones.</summary>
internal sealed class ScrapeMetrics
{
    public ScrapeMetrics(Meter meter, Func<IEnumerable<Measurement<long>>> poolTargets)
    {
        IntervalLength = meter.CreateHistogram<double>("prometheus_target_interval_length_seconds", null, "Actual intervals between scrapes.");
        ScrapeDuration = meter.CreateHistogram<double>("prometheus_target_scrape_duration_seconds", null, "How long scrapes took.");
        Syncs = meter.CreateCounter<long>("prometheus_target_scrape_pool_sync_total", null, "Total number of syncs that were executed on a scrape pool.");
        FailedTargets = meter.CreateCounter<long>("prometheus_target_sync_failed_total", null, "Total number of target sync failures.");
        Pools = meter.CreateUpDownCounter<long>("prometheus_target_scrape_pools", null, "Scrape pools in use.");
        BodySizeLimit = Counter(meter, "exceeded_body_size_limit", "Total number of scrapes that hit the body size limit.");
        SampleLimit = Counter(meter, "exceeded_sample_limit", "Total number of scrapes that hit the sample limit and were rejected.");
        LabelLimits = meter.CreateCounter<long>("prometheus_target_scrape_pool_exceeded_label_limits_total", null, "Total number of times scrape pools hit the label limits.");
        Duplicates = Counter(meter, "sample_duplicate_timestamp", "Total number of samples rejected due to duplicate timestamps but different values.");
        OutOfOrder = Counter(meter, "sample_out_of_order", "Total number of samples rejected due to not being out of the expected order.");
        OutOfBounds = Counter(meter, "sample_out_of_bounds", "Total number of samples rejected due to timestamp falling outside of the time bounds.");
        Skipped = meter.CreateCounter<long>("streamline_target_scrapes_skipped_total", null, "Scrapes left out because the one before still ran.");
        meter.CreateObservableGauge("prometheus_target_scrape_pool_targets", poolTargets, null, "Current number of targets in this scrape pool.");
    }

    public Histogram<double> IntervalLength { get; }

    public Histogram<double> ScrapeDuration { get; }

    public Counter<long> Syncs { get; }

    public Counter<long> FailedTargets { get; }

    public UpDownCounter<long> Pools { get; }

    public Counter<long> BodySizeLimit { get; }

    public Counter<long> SampleLimit { get; }

    public Counter<long> LabelLimits { get; }

    public Counter<long> Duplicates { get; }

    public Counter<long> OutOfOrder { get; }

    public Counter<long> OutOfBounds { get; }

    public Counter<long> Skipped { get; }

    /// <summary>Counts a failure under its own counter, if it has one.</summary>
    public void Count(ScrapeFailure failure)
    {
        switch (failure)
        {
            case ScrapeFailure.BodySizeLimit: BodySizeLimit.Add(1); break;
            case ScrapeFailure.SampleLimit: SampleLimit.Add(1); break;
            case ScrapeFailure.LabelLimits: LabelLimits.Add(1); break;
            case ScrapeFailure.Other: break;
        }
    }

    private static Counter<long> Counter(Meter meter, string what, string help) => meter.CreateCounter<long>($"prometheus_target_scrapes_{what}_total", null, help);
}
