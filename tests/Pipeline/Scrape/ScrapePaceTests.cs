namespace Streamline.Pipeline.Tests.Scrape;

/// <summary>When scrapes happen: ticks, slow appenders, timeouts as long as the interval, the end.</summary>
public sealed class ScrapePaceTests : IAsyncLifetime
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
    public async Task Samples_AreDatedAtTheTick_OnTheGrid()
    {
        _target.Says("a 1\n");
        _bench.Start(ScrapeBench.Job(_target));
        await _bench.TickAsync();
        await _bench.TickAsync();
        var times = _bench.Times("a");
        Assert.Equal(10_000, times[1] - times[0]);
        Assert.Equal(0, times[0] % 100);
    }

    [Fact]
    public async Task SlowAppender_SkipsTicks_WithoutOverlap()
    {
        _target.Says("a 1\n");
        var reached = new TaskCompletionSource();
        var open = new TaskCompletionSource();
        _bench.BeforeCommit = () =>
        {
            reached.TrySetResult();
            return open.Task;
        };
        _bench.Start(ScrapeBench.Job(_target));
        _bench.AdvanceToDue();
        await reached.Task;
        _bench.Time.Advance(ScrapeBench.Interval * 2);
        Assert.False(_bench.HasCommit);
        open.SetResult();
        await _bench.NextCommitAsync();
        Assert.False(_bench.HasCommit);
        Assert.Single(_bench.Times("a"));
    }

    [Fact]
    public async Task TimeoutAsLongAsTheInterval_ScrapesAtEveryTick()
    {
        var asked = new SemaphoreSlim(0);
        _target.Answer = context =>
        {
            asked.Release();
            return Task.Delay(Timeout.Infinite, context.RequestAborted);
        };
        _bench.Start(ScrapeBench.Job(_target) with { ScrapeTimeout = ScrapeBench.Interval });
        _bench.AdvanceToDue();
        for (int i = 0; i < 3; i++)
        {
            await asked.WaitAsync(TestContext.Current.CancellationToken);
            _bench.Time.Advance(ScrapeBench.Interval);
            await _bench.NextCommitAsync();
        }
        Assert.Equal(["up,job=job 0 0 0"], _bench.Samples("up"));
    }

    [Fact]
    public async Task Stop_WritesNoMarkers_AndEndsARunningFetch()
    {
        var asked = new TaskCompletionSource();
        _target.Answer = async context =>
        {
            asked.TrySetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        };
        var source = _bench.Start(ScrapeBench.Job(_target));
        _bench.AdvanceToDue();
        await asked.Task;
        await source.StopAsync();
        Assert.False(_bench.HasCommit);
    }
}
