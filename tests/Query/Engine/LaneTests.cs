using Streamline.Query.Engine;
using Streamline.Query.Operators;
using Streamline.Query.Syntax;
using Streamline.Storage;
using Streamline.Tests.Shared;

namespace Streamline.Query.Tests.Engine;

/// <summary>Batches shared between two threads give what one thread gives, and their failures reach the query.</summary>
public sealed class LaneTests
{
    [Theory]
    [InlineData("rate(m[5m])")]
    [InlineData("sum by (group) (increase(m[3m]))")]
    [InlineData("quantile_over_time(0.3, m[4m])")]
    [InlineData("avg_over_time(m[30m])")]
    public async Task InstantAsync_ManySeries_EqualsOneThread(string query)
    {
        const long time = 40 * 60_000;
        using var engine = new QueryEngine(Table(300), new QueryEngineOptions());
        QueryResult shared = await engine.InstantAsync(query, time, QueryParameters.Default, TestContext.Current.CancellationToken);
        QueryResult alone = engine.Instant(PromqlParser.Parse(query), time, TestContext.Current.CancellationToken);

        Assert.NotEmpty(alone.Series);
        Assert.Equal(alone.Series.Select(Shown), shared.Series.Select(Shown));
        Assert.Equal(alone.Stats.SamplesRead, shared.Stats.SamplesRead);
    }

    [Fact]
    public void Run_EveryItemOnce()
    {
        var work = new Tally(1000);
        using var threads = new QueryThreads(4, 2);
        SeriesLanes.Run(work, 1000, threads);

        Assert.All(work.Times, times => Assert.Equal(1, times));
    }

    [Fact]
    public async Task Run_WhenTheEngineHasEnded_GoesOnAlone()
    {
        var threads = new QueryThreads(4, 2);
        threads.Dispose();
        var work = new Tally(1000);
        SeriesLanes.Run(work, 1000, threads);

        Assert.All(work.Times, times => Assert.Equal(1, times));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => threads.Run(() => 1));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(999)]
    public void Run_FailureOfEitherLane_IsThrown(int failing)
    {
        using var threads = new QueryThreads(4, 2);
        Assert.Throws<InvalidDataException>(() => SeriesLanes.Run(new Tally(1000) { FailsAt = failing }, 1000, threads));
    }

    private static MemoryTable Table(int series)
    {
        var table = new MemoryTable();
        for (int s = 0; s < series; s++)
        {
            Labels labels = Labels.Of(("__name__", "m"), ("group", $"g{s % 7}"), ("series", $"s{s}"));
            for (int i = 0; i < 160; i++) table.Add(labels, i * 15_000L, (i * (s + 1) % 97) + (s * 0.1));
        }
        return table;
    }

    private static string Shown(ResultSeries series) => $"{series.Labels} {series.Values.Span[0]:R}";

    private sealed class Tally(int items) : ISeriesWork
    {
        public int[] Times { get; } = new int[items];

        public int FailsAt { get; init; } = -1;

        public void Work(int item, int lane)
        {
            if (item == FailsAt) throw new InvalidDataException();
            Interlocked.Increment(ref Times[item]);
        }
    }
}
