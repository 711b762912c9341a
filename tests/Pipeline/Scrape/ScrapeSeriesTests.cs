using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Tests.Scrape;

/// <summary>A scrape's series: their labels, when they begin and end, which of their samples count.</summary>
public sealed class ScrapeSeriesTests : IAsyncLifetime
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
    public async Task SeriesThatComeBack_AreAddedAgain()
    {
        _bench.Start(ScrapeBench.Job(_target));
        foreach (string body in (string[])["a 1\nb 1\n", "a 1\n", "a 1\nb 1\n", "a 1\n{} 1\n", "a 1\nb 1\n"])
        {
            _target.Says(body);
            await _bench.TickAsync();
        }
        // The fourth scrape fails: what it lacks was not gone.
        Assert.Equal(["scrape_series_added,job=job 2 0 1 0 0"], _bench.Samples("scrape_series_added"));
    }

    [Fact]
    public async Task ClashingLabels_AreExported_ShortNamesFirst()
    {
        _target.Says("a{foo=\"1\",exported_foo=\"2\"} 1\n");
        var job = ScrapeBench.Job(_target);
        var labels = new Dictionary<string, string> { ["foo"] = "3", ["exported_foo"] = "4" };
        _bench.Start(job with { Discovery = new DiscoveryConfig { StaticConfigs = [job.Discovery.StaticConfigs[0] with { Labels = labels }] } });
        await _bench.TickAsync();
        Assert.Equal(["a,exported_exported_exported_foo=2,exported_exported_foo=1,exported_foo=4,foo=3,job=job 1"], _bench.Samples("a"));
    }

    [Fact]
    public async Task VanishedSeries_GetOneMarker()
    {
        _target.Says("a 1\nb 1\n");
        _bench.Start(ScrapeBench.Job(_target));
        await _bench.TickAsync();
        _target.Says("a 2\n");
        await _bench.TickAsync();
        await _bench.TickAsync();
        Assert.Equal(["b,job=job 1 stale"], _bench.Samples("b"));
    }

    [Fact]
    public async Task SeriesWithTimestamps_GetNoMarker_UnlessTracked()
    {
        _target.Says($"a 1 {_bench.NowMs}\n");
        _bench.Start(ScrapeBench.Job(_target));
        _bench.Start(ScrapeBench.Job(_target) with { JobName = "tracked", TrackTimestampsStaleness = true });
        for (int tick = 0; tick < 2; tick++)
        {
            await _bench.TickAsync();
            _target.Says("b 1\n");
        }
        Assert.Equal(["a,job=job 1", "a,job=tracked 1 stale"], _bench.Samples("a"));
    }

    [Theory]
    [InlineData(false, "a,exported_job=theirs,job=job,z=1 1")]
    [InlineData(true, "a,job=theirs,z=1 1")]
    public async Task HonorLabels_DecidesClashes(bool honor, string expected)
    {
        _target.Says("a{job=\"theirs\",z=\"1\"} 1\n");
        _bench.Start(ScrapeBench.Job(_target) with { HonorLabels = honor });
        await _bench.TickAsync();
        Assert.Equal([expected], _bench.Samples("a"));
    }

    [Fact]
    public async Task HonorLabels_EmptyValue_TakesTheTargetsLabelAway()
    {
        _target.Says("a{job=\"\"} 1\n");
        _bench.Start(ScrapeBench.Job(_target) with { HonorLabels = true });
        await _bench.TickAsync();
        Assert.Equal(["a 1"], _bench.Samples("a"));
    }

    [Fact]
    public async Task MetricRelabelling_DropsAndRenames_ButNotReports()
    {
        _target.Says("a 1\nb 2\n");
        _bench.Start(ScrapeBench.Job(_target) with
        {
            MetricRelabelConfigs =
            [
                new RelabelConfig { SourceLabels = ["__name__"], Regex = "a|up", Action = RelabelAction.Drop },
                new RelabelConfig { SourceLabels = ["__name__"], Regex = "(b)", Replacement = "renamed_$1", TargetLabel = "__name__" },
            ],
        });
        await _bench.TickAsync();
        Assert.Empty(_bench.Samples("a"));
        Assert.Equal(["renamed_b,job=job 2"], _bench.Samples("renamed_b"));
        Assert.Equal(["up,job=job 1"], _bench.Samples("up"));
        Assert.Equal(["scrape_samples_post_metric_relabeling,job=job 1"], _bench.Samples("scrape_samples_post_metric_relabeling"));
    }

    [Fact]
    public async Task SameSeriesTwice_TheFirstCounts()
    {
        _target.Says("a 1\na 2\n");
        _bench.Start(ScrapeBench.Job(_target));
        await _bench.TickAsync();
        Assert.Equal(["a,job=job 1"], _bench.Samples("a"));
    }

    [Fact]
    public async Task SampleTooFarAhead_IsDropped()
    {
        _target.Says($"a 1 {_bench.NowMs + 3_600_000}\nb 1\n");
        _bench.Start(ScrapeBench.Job(_target));
        await _bench.TickAsync();
        Assert.Empty(_bench.Samples("a"));
        Assert.Equal(["b,job=job 1"], _bench.Samples("b"));
    }

    [Fact]
    public async Task RemovedJob_GetsMarkers_AtTheTickItMissed()
    {
        _target.Says("a 1\n");
        var source = _bench.Start(ScrapeBench.Job(_target));
        await _bench.TickAsync();
        await source.RetireAsync();
        Assert.Empty(_bench.Manager.Targets());
        _bench.Time.Advance(ScrapeBench.Interval);
        Assert.False(_bench.HasCommit);
        _bench.Time.Advance(ScrapeBench.Interval * 1.2);
        await _bench.NextCommitAsync();
        Assert.Equal(["a,job=job 1 stale"], _bench.Samples("a"));
        Assert.Equal(["up,job=job 1 stale"], _bench.Samples("up"));
        var times = _bench.Times("a");
        Assert.Equal(10_000, times[1] - times[0]);
    }
}
