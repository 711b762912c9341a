using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Tests.Scrape;

/// <summary>The usual way of a scrape: what is asked for, what is stored, who else is disturbed.</summary>
public sealed class ScrapeTests : OneTargetTests
{
    [Fact]
    public async Task GoodTarget_IsStored_WithReportSeries()
    {
        Target.Says("# TYPE a counter\n# HELP a Some help.\na{x=\"1\"} 5\na{x=\"2\"} 6\n");
        Bench.Start(ScrapeBench.Job(Target));
        await Bench.TickAsync();
        Target.Says("a{x=\"1\"} 7\na{x=\"2\"} 8\n");
        await Bench.TickAsync();
        Assert.Equal(["a,job=job,x=1 5 7", "a,job=job,x=2 6 8"], Bench.Samples("a"));
        Assert.Equal(["up,job=job 1 1"], Bench.Samples("up"));
        Assert.Equal(["scrape_samples_scraped,job=job 2 2"], Bench.Samples("scrape_samples_scraped"));
        Assert.Equal(["scrape_samples_post_metric_relabeling,job=job 2 2"], Bench.Samples("scrape_samples_post_metric_relabeling"));
        Assert.Equal(["scrape_series_added,job=job 2 0"], Bench.Samples("scrape_series_added"));
        Assert.Single(Bench.Samples("scrape_duration_seconds"));
        Assert.Equal(new MetricMetadata("counter", "Some help.", ""), Assert.Single(Bench.Manager.Metadata.Snapshot()["a"]));
        var status = Assert.Single(Bench.Manager.Targets());
        Assert.Equal(("up", "", $"http://{Target.Address}/metrics"), (status.Health, status.LastError, status.ScrapeUrl));
        Assert.Equal(Target.Address, status.Labels.Get("instance"));
    }

    [Fact]
    public async Task Request_SaysWhatPrometheusSays()
    {
        Target.Says("a 1\n");
        var job = ScrapeBench.Job(Target);
        Bench.Start(job with
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
        await Bench.TickAsync();
        Assert.False(Target.Headers.ContainsKey("traceparent"));
        Assert.Equal("5", Target.Headers["X-Prometheus-Scrape-Timeout-Seconds"]);
        Assert.Equal("gzip", Target.Headers.AcceptEncoding);
        Assert.StartsWith("application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,", Target.Headers.Accept.ToString(), StringComparison.Ordinal);
        Assert.EndsWith("text/plain;version=0.0.4;q=0.3,*/*;q=0.2", Target.Headers.Accept.ToString(), StringComparison.Ordinal);
        Assert.Equal("Basic " + Convert.ToBase64String("me:pw"u8), Target.Headers.Authorization);
        Assert.Equal("tenant", Target.Headers["X-Scope"]);
        Assert.Equal("?module=x%20y&module=z", Target.Query);
    }

    [Fact]
    public async Task BadTarget_DisturbsNoOther()
    {
        await using var good = await HttpTarget.StartAsync("a 1\n");
        Target.Says("garbage{");
        Bench.Start(ScrapeBench.Job(Target.Address, good.Address));
        await Bench.TickAsync();
        Assert.Equal(["down", "up"], Bench.Manager.Targets().Select(t => t.Health).Order());
        Assert.Equal(["a,job=job 1"], Bench.Samples("a"));
    }

    [Fact]
    public async Task NewRouter_ResolvesAnew_AndMarksWhatItNoLongerWrites()
    {
        Target.Says("a 1\n");
        var source = Bench.Start(ScrapeBench.Job(Target));
        await Bench.TickAsync();
        var relabel = new Pipeline.Stages.Relabeler([new RelabelConfig { Replacement = "x", TargetLabel = "stage" }]);
        source.Router = new Pipeline.Stages.SeriesRouter(Bench.Store, [relabel]);
        await Bench.TickAsync();
        Assert.Equal(["a,job=job 1 stale", "a,job=job,stage=x 1"], Bench.Samples("a"));
    }

    [Fact]
    public async Task OtherPaceAndClient_KeepCaches_NothingEnds()
    {
        Target.Says("a 1\nb 1\n");
        var job = ScrapeBench.Job(Target);
        var source = Bench.Start(job);
        await Bench.TickAsync();
        Bench.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(source.TryReconfigure(job with
        {
            ScrapeInterval = TimeSpan.FromSeconds(5),
            ScrapeTimeout = TimeSpan.FromSeconds(2),
            SampleLimit = 7,
            Http = new HttpClientConfig { BasicAuth = new BasicAuthConfig { Username = "me" } },
        }));
        await source.WhenIdleAsync();
        Target.Says("a 2\n");
        while (Bench.AdvanceToDue() == 0) Assert.NotNull(Bench.Manager.Scheduler.NextDueMs);
        await Bench.NextCommitAsync();
        await source.WhenIdleAsync();
        Assert.Equal("2", Target.Headers["X-Prometheus-Scrape-Timeout-Seconds"]);
        Assert.StartsWith("Basic ", Target.Headers.Authorization.ToString(), StringComparison.Ordinal);
        Assert.Equal(["a,job=job 1 2"], Bench.Samples("a"));
        Assert.Equal(["b,job=job 1 stale"], Bench.Samples("b"));
        Assert.Equal(["scrape_series_added,job=job 2 0"], Bench.Samples("scrape_series_added"));
        Assert.False(source.TryReconfigure(job with { HonorLabels = true }));
    }
}
