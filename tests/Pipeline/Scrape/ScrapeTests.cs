using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Tests.Scrape;

/// <summary>The usual way of a scrape: what is asked for, what is stored, who else is disturbed.</summary>
public sealed class ScrapeTests : IAsyncLifetime
{
    private readonly ScrapeBench _bench = new();
    private HttpTarget _target = null!;

    public async ValueTask InitializeAsync() => _target = await HttpTarget.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _bench.DisposeAsync();
        await _target.DisposeAsync();
    }

    [Fact]
    public async Task GoodTarget_IsStored_WithReportSeries()
    {
        _target.Says("# TYPE a counter\n# HELP a Some help.\na{x=\"1\"} 5\na{x=\"2\"} 6\n");
        _bench.Start(ScrapeBench.Job(_target));
        await _bench.TickAsync();
        _target.Says("a{x=\"1\"} 7\na{x=\"2\"} 8\n");
        await _bench.TickAsync();
        Assert.Equal(["a,job=job,x=1 5 7", "a,job=job,x=2 6 8"], _bench.Samples("a"));
        Assert.Equal(["up,job=job 1 1"], _bench.Samples("up"));
        Assert.Equal(["scrape_samples_scraped,job=job 2 2"], _bench.Samples("scrape_samples_scraped"));
        Assert.Equal(["scrape_samples_post_metric_relabeling,job=job 2 2"], _bench.Samples("scrape_samples_post_metric_relabeling"));
        Assert.Equal(["scrape_series_added,job=job 2 0"], _bench.Samples("scrape_series_added"));
        Assert.Single(_bench.Samples("scrape_duration_seconds"));
        Assert.Equal(new MetricMetadata("counter", "Some help.", ""), Assert.Single(_bench.Manager.Metadata.Snapshot()["a"]));
        var status = Assert.Single(_bench.Manager.Targets());
        Assert.Equal(("up", "", $"http://{_target.Address}/metrics"), (status.Health, status.LastError, status.ScrapeUrl));
        Assert.Equal(_target.Address, status.Labels.Get("instance"));
    }

    [Fact]
    public async Task Request_SaysWhatPrometheusSays()
    {
        _target.Says("a 1\n");
        var job = ScrapeBench.Job(_target);
        _bench.Start(job with
        {
            Parameters = new Dictionary<string, IReadOnlyList<string>> { ["module"] = ["x y", "z"] },
            Http = new HttpClientConfig
            {
                BasicAuth = new BasicAuthConfig { Username = "me", Password = new Secret("pw") },
                HttpHeaders = new Dictionary<string, HttpHeaderConfig> { ["X-Scope"] = new() { Values = ["tenant"] } },
            },
        });
        // Whatever trace the program itself is part of: traces of our own, which a target could go on with, are not built.
        using var activity = new System.Diagnostics.Activity("ours").Start();
        await _bench.TickAsync();
        Assert.False(_target.Headers.ContainsKey("traceparent"));
        Assert.Equal("5", _target.Headers["X-Prometheus-Scrape-Timeout-Seconds"]);
        Assert.Equal("gzip", _target.Headers.AcceptEncoding);
        Assert.StartsWith("application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,", _target.Headers.Accept.ToString(), StringComparison.Ordinal);
        Assert.EndsWith("text/plain;version=0.0.4;q=0.3,*/*;q=0.2", _target.Headers.Accept.ToString(), StringComparison.Ordinal);
        Assert.Equal("Basic " + Convert.ToBase64String("me:pw"u8), _target.Headers.Authorization);
        Assert.Equal("tenant", _target.Headers["X-Scope"]);
        Assert.Equal("?module=x%20y&module=z", _target.Query);
    }

    [Fact]
    public async Task BadTarget_DisturbsNoOther()
    {
        await using var good = await HttpTarget.StartAsync("a 1\n");
        _target.Says("garbage{");
        _bench.Start(ScrapeBench.Job(_target.Address, good.Address));
        await _bench.TickAsync();
        Assert.Equal(["down", "up"], _bench.Manager.Targets().Select(t => t.Health).Order());
        Assert.Equal(["a,job=job 1"], _bench.Samples("a"));
    }

    [Fact]
    public async Task NewRouter_ResolvesAnew_AndMarksWhatItNoLongerWrites()
    {
        _target.Says("a 1\n");
        var source = _bench.Start(ScrapeBench.Job(_target));
        await _bench.TickAsync();
        var relabel = new Pipeline.Stages.Relabeler([new RelabelConfig { Replacement = "x", TargetLabel = "stage" }]);
        source.Router = new Pipeline.Stages.SeriesRouter(_bench.Store, [relabel]);
        await _bench.TickAsync();
        Assert.Equal(["a,job=job 1 stale", "a,job=job,stage=x 1"], _bench.Samples("a"));
    }

    [Fact]
    public async Task OtherPaceAndClient_KeepCaches_NothingEnds()
    {
        _target.Says("a 1\nb 1\n");
        var job = ScrapeBench.Job(_target);
        var source = _bench.Start(job);
        await _bench.TickAsync();
        _bench.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(source.TryReconfigure(job with
        {
            ScrapeInterval = TimeSpan.FromSeconds(5),
            ScrapeTimeout = TimeSpan.FromSeconds(2),
            SampleLimit = 7,
            Http = new HttpClientConfig { BasicAuth = new BasicAuthConfig { Username = "me" } },
        }));
        await source.WhenIdleAsync();
        _target.Says("a 2\n");
        while (_bench.AdvanceToDue() == 0) Assert.NotNull(_bench.Manager.Scheduler.NextDueMs);
        await _bench.NextCommitAsync();
        await source.WhenIdleAsync();
        Assert.Equal("2", _target.Headers["X-Prometheus-Scrape-Timeout-Seconds"]);
        Assert.StartsWith("Basic ", _target.Headers.Authorization.ToString(), StringComparison.Ordinal);
        Assert.Equal(["a,job=job 1 2"], _bench.Samples("a"));
        Assert.Equal(["b,job=job 1 stale"], _bench.Samples("b"));
        Assert.Equal(["scrape_series_added,job=job 2 0"], _bench.Samples("scrape_series_added"));
        Assert.False(source.TryReconfigure(job with { HonorLabels = true }));
    }
}
