using Streamline.Tests.Shared;

namespace Streamline.Query.Tests.Engine;

/// <summary>Counts of samples as Prometheus's <c>stats</c> has them; one sample every 10 s, steps of 5, 10, 30 or 60 s.</summary>
public sealed class SampleMeterTests
{
    [Theory]
    // Each step sees one sample, however old.
    [InlineData("m", 10, "1 1 1 1", "1 1 1 1")]
    [InlineData("m + m", 10, "2 2 2 2", "2 2 2 2")]
    // The whole window at every step; of it, what the step before had not.
    [InlineData("rate(m[30s])", 10, "3 3 3 3", "3 1 1 1")]
    [InlineData("rate(m[20s])", 30, "2 2 2 2", "2 2 2 2")]
    [InlineData("rate(m[30s] offset 10s)", 30, "3 3 3 3", "3 3 3 3")]
    // Pinned: read once, seen at every step.
    [InlineData("m @ 300", 10, "1 1 1 1", "1 0 0 0")]
    [InlineData("sum(rate(m[30s] @ 300))", 10, "3 3 3 3", "3 0 0 0")]
    // The points of the subquery are seen, the samples of its inner part are read.
    [InlineData("max_over_time(m[20s:5s])", 10, "4 4 4 4", "4 2 2 2")]
    [InlineData("max_over_time(rate(m[30s])[20s:10s])", 10, "2 2 2 2", "4 1 1 1")]
    [InlineData("max_over_time(m[10s:5s])", 60, "2 2 2 2", "2 2 2 2")]
    [InlineData("vector(1)", 10, "0 0 0 0", "0 0 0 0")]
    public async Task Stats_ByStep(string query, long stepSeconds, string totals, string reads)
    {
        var table = new MemoryTable();
        for (int i = 0; i < 100; i++) table.Add(Storage.Labels.Of(("__name__", "m")), i * 10_000L, i);
        using var engine = new QueryEngine(table, new QueryEngineOptions { PerStepStats = true });
        foreach (bool perStep in (bool[])[true, false])
        {
            long step = stepSeconds * 1000, start = 301_000;
            var parameters = new QueryParameters { PerStepStats = perStep };
            QueryResult result = await engine.RangeAsync(query, start, start + (3 * step), step, parameters, TestContext.Current.CancellationToken);
            Assert.Equal(Sum(totals), result.Stats.TotalQueryableSamples);
            Assert.Equal(Sum(reads), result.Stats.SamplesRead);
            Assert.Equal(perStep, result.Stats.Steps is not null);
            if (result.Stats.Steps is not { } steps) continue;
            Assert.Equal(totals, string.Join(' ', steps.TotalQueryableSamples));
            Assert.Equal(reads, string.Join(' ', steps.SamplesRead));
        }
    }

    private static long Sum(string counts) => counts.Split(' ').Sum(c => long.Parse(c, System.Globalization.CultureInfo.InvariantCulture));
}
