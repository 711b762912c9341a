using Streamline.Pipeline.Stages;
using Streamline.Storage;

namespace Streamline.Pipeline.Scrape;

/// <summary>up and the scrape_* series of one target. They pass the pipeline's label stages, not metric relabelling.</summary>
internal sealed class ReportSeries(Labels target)
{
    private static readonly string[] Names =
    [
        "up", "scrape_duration_seconds", "scrape_samples_scraped", "scrape_samples_post_metric_relabeling", "scrape_series_added",
        "scrape_timeout_seconds", "scrape_sample_limit", "scrape_body_size_bytes",
    ];

    private const int BasicNames = 5;

    private readonly LabelsBuilder _builder = new();
    private Route[] _routes = [];
    private int _generation;

    /// <summary>Adds the samples of one scrape; the last three only with extra_scrape_metrics.</summary>
    public void AddTo(SampleBatch batch, SeriesRouter router, long scrapeMs, in ScrapeReport report)
    {
        int count = report.TimeoutSeconds is null ? BasicNames : Names.Length;
        if (_routes.Length != count || _generation != router.Generation) Resolve(router, count);
        Add(batch, 0, scrapeMs, report.Up ? 1 : 0);
        Add(batch, 1, scrapeMs, report.Duration.TotalSeconds);
        Add(batch, 2, scrapeMs, report.Counts.Scraped);
        Add(batch, 3, scrapeMs, report.Counts.PostRelabeling);
        Add(batch, 4, scrapeMs, report.Counts.SeriesAdded);
        if (report.TimeoutSeconds is not { } timeout) return;
        Add(batch, 5, scrapeMs, timeout);
        Add(batch, 6, scrapeMs, report.SampleLimit);
        Add(batch, 7, scrapeMs, report.BodyBytes);
    }

    /// <summary>Stale markers for the series written so far.</summary>
    public void AddMarkers(SampleBatch batch, long markerMs)
    {
        for (int i = 0; i < _routes.Length; i++) Add(batch, i, markerMs, StaleMarker.Value);
    }

    /// <summary>Resolves anew at the next scrape.</summary>
    public void Forget() => _routes = [];

    private void Add(SampleBatch batch, int index, long timestampMs, double value)
    {
        if (!_routes[index].IsDropped) batch.Add(_routes[index].Handle, timestampMs, value);
    }

    private void Resolve(SeriesRouter router, int count)
    {
        _generation = router.Generation;
        _routes = new Route[count];
        for (int i = 0; i < count; i++) _routes[i] = router.Resolve(_builder.Reset(target).Set("__name__", Names[i]));
    }
}
