namespace Streamline.Pipeline.Tests.Scrape;

/// <summary>When scrapes happen: ticks, slow appenders, timeouts as long as the interval, the end.</summary>
public sealed class ScrapePaceTests : OneTargetTests
{
    [Fact]
    public async Task Samples_AreDatedAtTheTick_OnTheGrid()
    {
        Target.Says("a 1\n");
        Bench.Start(ScrapeBench.Job(Target));
        await Bench.TickAsync();
        await Bench.TickAsync();
        var times = Bench.Times("a");
        Assert.Equal(10_000, times[1] - times[0]);
        Assert.Equal(0, times[0] % 100);
    }

    [Fact]
    public async Task SlowAppender_SkipsTicks_WithoutOverlap()
    {
        Target.Says("a 1\n");
        var reached = new TaskCompletionSource();
        var open = new TaskCompletionSource();
        Bench.BeforeCommit = () =>
        {
            reached.TrySetResult();
            return open.Task;
        };
        Bench.Start(ScrapeBench.Job(Target));
        Bench.AdvanceToDue();
        await reached.Task;
        Bench.Time.Advance(ScrapeBench.Interval * 2);
        Assert.False(Bench.HasCommit);
        open.SetResult();
        await Bench.NextCommitAsync();
        Assert.False(Bench.HasCommit);
        Assert.Single(Bench.Times("a"));
    }

    [Fact]
    public async Task TimeoutAsLongAsTheInterval_ScrapesAtEveryTick()
    {
        var asked = new SemaphoreSlim(0);
        Target.Answer = context =>
        {
            asked.Release();
            return Task.Delay(Timeout.Infinite, context.RequestAborted);
        };
        Bench.Start(ScrapeBench.Job(Target) with { ScrapeTimeout = ScrapeBench.Interval });
        Bench.AdvanceToDue();
        for (int i = 0; i < 3; i++)
        {
            await asked.WaitAsync(TestContext.Current.CancellationToken);
            Bench.Time.Advance(ScrapeBench.Interval);
            await Bench.NextCommitAsync();
        }
        Assert.Equal(["up,job=job 0 0 0"], Bench.Samples("up"));
    }

    [Fact]
    public async Task Stop_WritesNoMarkers_AndEndsARunningFetch()
    {
        var asked = new TaskCompletionSource();
        Target.Answer = async context =>
        {
            asked.TrySetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        };
        var source = Bench.Start(ScrapeBench.Job(Target));
        Bench.AdvanceToDue();
        await asked.Task;
        await source.StopAsync();
        Assert.False(Bench.HasCommit);
    }
}
