using Streamline.Pipeline.Scrape;
using Streamline.Tests.Shared;

namespace Streamline.Pipeline.Tests.Scrape;

public sealed class ScrapeSchedulerTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly ScrapeScheduler _scheduler;

    public ScrapeSchedulerTests() => _scheduler = new ScrapeScheduler(_time);

    public void Dispose() => _scheduler.Dispose();

    private sealed class Recorder(ManualTimeProvider time) : IScheduled
    {
        public List<long> Ticks { get; } = [];

        public List<long> RanAt { get; } = [];

        public void Run(long scheduledMs)
        {
            Ticks.Add(scheduledMs);
            RanAt.Add(time.GetUtcNow().ToUnixTimeMilliseconds());
        }
    }

    [Theory]
    [InlineData(1_000, 0, 0)]
    [InlineData(1_000, 777, 600)]
    [InlineData(15_000, 123_456, 3_400)]
    [InlineData(900, 777, 700)]
    [InlineData(60, 31, 0)]
    public void Work_RunsOncePerInterval_AtItsPhase(int intervalMs, ulong hash, long phase)
    {
        var work = new Recorder(_time);
        _scheduler.Add(work, TimeSpan.FromMilliseconds(intervalMs), hash);
        _time.Advance(TimeSpan.FromMilliseconds(intervalMs * 10));
        Assert.InRange(work.Ticks.Count, 10, 11);
        Assert.Equal(work.Ticks, work.RanAt);
        Assert.All(work.Ticks, tick => Assert.Equal(phase, tick % intervalMs));
    }

    [Fact]
    public void Deadline_RunsOnce_UnlessTakenBack_AndCountsAsNoWork()
    {
        var (missed, met) = (new Recorder(_time), new Recorder(_time));
        long now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        _scheduler.Deadline(missed, now + 500);
        var taken = _scheduler.Deadline(met, now + 300);
        Assert.Null(_scheduler.NextDueMs);
        taken.Dispose();
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal([now + 500], missed.RanAt);
        Assert.Empty(met.RanAt);
        Assert.Equal(0, _scheduler.Begun);
    }

    [Fact]
    public async Task TickThread_TicksOncePerArming()
    {
        var ticks = System.Threading.Channels.Channel.CreateUnbounded<int>();
        int count = 0;
        using var timer = new TickThread("test", _ => ticks.Writer.TryWrite(++count), null);
        for (int i = 1; i <= 3; i++)
        {
            timer.Change(TimeSpan.FromMilliseconds(i == 2 ? -5 : 1), Timeout.InfiniteTimeSpan);
            Assert.Equal(i, await ticks.Reader.ReadAsync(TestContext.Current.CancellationToken));
        }
        Assert.False(ticks.Reader.TryPeek(out _));
    }

    [Fact]
    public void Hashes_SpreadOverTheGrid_AndShareWakeUps()
    {
        var works = Enumerable.Range(0, 100).Select(i => new Recorder(_time)).ToList();
        for (int i = 0; i < works.Count; i++) _scheduler.Add(works[i], TimeSpan.FromSeconds(1), (ulong)i * 7919);
        _time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.All(works, work => Assert.Single(work.Ticks));
        Assert.InRange(works.Select(work => work.Ticks[0]).Distinct().Count(), 4, 5);
    }

    [Fact]
    public void Removed_RunsNoMore()
    {
        var work = new Recorder(_time);
        var entry = _scheduler.Add(work, TimeSpan.FromSeconds(1), 0);
        _time.Advance(TimeSpan.FromSeconds(2));
        int ran = work.Ticks.Count;
        entry.Dispose();
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(ran, work.Ticks.Count);
    }

    [Fact]
    public void Once_RunsOnce()
    {
        var work = new Recorder(_time);
        long at = _time.GetUtcNow().ToUnixTimeMilliseconds() + 90_000;
        _scheduler.Once(work, at);
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal([at], work.Ticks);
    }
}
