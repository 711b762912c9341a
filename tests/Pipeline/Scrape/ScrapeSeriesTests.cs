using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Tests.Scrape;

/// <summary>A scrape's series: their labels, when they begin and end, which of their samples count.</summary>
public sealed class ScrapeSeriesTests : OneTargetTests
{
    [Fact]
    public async Task SeriesThatComeBack_AreAddedAgain()
    {
        Bench.Start(ScrapeBench.Job(Target));
        foreach (string body in (string[])["a 1\nb 1\n", "a 1\n", "a 1\nb 1\n", "a 1\n{} 1\n", "a 1\nb 1\n"])
        {
            Target.Says(body);
            await Bench.TickAsync();
        }
        // The fourth scrape fails: what it lacks was not gone.
        Assert.Equal(["scrape_series_added,job=job 2 0 1 0 0"], Bench.Samples("scrape_series_added"));
    }

    [Fact]
    public async Task ClashingLabels_AreExported_ShortNamesFirst()
    {
        Target.Says("a{foo=\"1\",exported_foo=\"2\"} 1\n");
        var job = ScrapeBench.Job(Target);
        var labels = new Dictionary<string, string> { ["foo"] = "3", ["exported_foo"] = "4" };
        Bench.Start(job with { Discovery = new DiscoveryConfig { StaticConfigs = [job.Discovery.StaticConfigs[0] with { Labels = labels }] } });
        await Bench.TickAsync();
        Assert.Equal(["a,exported_exported_exported_foo=2,exported_exported_foo=1,exported_foo=4,foo=3,job=job 1"], Bench.Samples("a"));
    }

    [Fact]
    public async Task VanishedSeries_GetOneMarker()
    {
        Target.Says("a 1\nb 1\n");
        Bench.Start(ScrapeBench.Job(Target));
        await Bench.TickAsync();
        Target.Says("a 2\n");
        await Bench.TickAsync();
        await Bench.TickAsync();
        Assert.Equal(["b,job=job 1 stale"], Bench.Samples("b"));
    }

    [Fact]
    public async Task SeriesWithTimestamps_GetNoMarker_UnlessTracked()
    {
        Target.Says($"a 1 {Bench.NowMs}\n");
        Bench.Start(ScrapeBench.Job(Target));
        Bench.Start(ScrapeBench.Job(Target) with { JobName = "tracked", TrackTimestampsStaleness = true });
        for (int tick = 0; tick < 2; tick++)
        {
            await Bench.TickAsync();
            Target.Says("b 1\n");
        }
        Assert.Equal(["a,job=job 1", "a,job=tracked 1 stale"], Bench.Samples("a"));
    }

    [Theory]
    [InlineData(false, "a,exported_job=theirs,job=job,z=1 1")]
    [InlineData(true, "a,job=theirs,z=1 1")]
    public async Task HonorLabels_DecidesClashes(bool honor, string expected)
    {
        Target.Says("a{job=\"theirs\",z=\"1\"} 1\n");
        Bench.Start(ScrapeBench.Job(Target) with { HonorLabels = honor });
        await Bench.TickAsync();
        Assert.Equal([expected], Bench.Samples("a"));
    }

    [Fact]
    public async Task HonorLabels_EmptyValue_TakesTheTargetsLabelAway()
    {
        Target.Says("a{job=\"\"} 1\n");
        Bench.Start(ScrapeBench.Job(Target) with { HonorLabels = true });
        await Bench.TickAsync();
        Assert.Equal(["a 1"], Bench.Samples("a"));
    }

    [Fact]
    public async Task MetricRelabelling_DropsAndRenames_ButNotReports()
    {
        Target.Says("a 1\nb 2\n");
        Bench.Start(ScrapeBench.Job(Target) with
        {
            MetricRelabelConfigs =
            [
                new RelabelConfig { SourceLabels = ["__name__"], Regex = "a|up", Action = RelabelAction.Drop },
                new RelabelConfig { SourceLabels = ["__name__"], Regex = "(b)", Replacement = "renamed_$1", TargetLabel = "__name__" },
            ],
        });
        await Bench.TickAsync();
        Assert.Empty(Bench.Samples("a"));
        Assert.Equal(["renamed_b,job=job 2"], Bench.Samples("renamed_b"));
        Assert.Equal(["up,job=job 1"], Bench.Samples("up"));
        Assert.Equal(["scrape_samples_post_metric_relabeling,job=job 1"], Bench.Samples("scrape_samples_post_metric_relabeling"));
    }

    [Fact]
    public async Task SameSeriesTwice_TheFirstCounts()
    {
        Target.Says("a 1\na 2\n");
        Bench.Start(ScrapeBench.Job(Target));
        await Bench.TickAsync();
        Assert.Equal(["a,job=job 1"], Bench.Samples("a"));
    }

    [Fact]
    public async Task SampleTooFarAhead_IsDropped()
    {
        Target.Says($"a 1 {Bench.NowMs + 3_600_000}\nb 1\n");
        Bench.Start(ScrapeBench.Job(Target));
        await Bench.TickAsync();
        Assert.Empty(Bench.Samples("a"));
        Assert.Equal(["b,job=job 1"], Bench.Samples("b"));
    }

    [Fact]
    public async Task RemovedJob_GetsMarkers_AtTheTickItMissed()
    {
        Target.Says("a 1\n");
        var source = Bench.Start(ScrapeBench.Job(Target));
        await Bench.TickAsync();
        await source.RetireAsync();
        Assert.Empty(Bench.Manager.Targets());
        Bench.Time.Advance(ScrapeBench.Interval);
        Assert.False(Bench.HasCommit);
        Bench.Time.Advance(ScrapeBench.Interval * 1.2);
        await Bench.NextCommitAsync();
        Assert.Equal(["a,job=job 1 stale"], Bench.Samples("a"));
        Assert.Equal(["up,job=job 1 stale"], Bench.Samples("up"));
        var times = Bench.Times("a");
        Assert.Equal(10_000, times[1] - times[0]);
    }
}
