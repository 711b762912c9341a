using System.Text;
using Streamline.Storage;
using Streamline.Tests.Shared;

namespace Streamline.Query.Tests.Engine;

/// <summary>Plans and their costs.</summary>
public sealed class ExplainTests
{
    [Theory]
    [InlineData("m", "selector [6 series]")]
    [InlineData("sum by (a) (rate(m{b='1'}[5m]))", "sum by (a)\n  rate\n    range selector [3 series]")]
    [InlineData("(m) + on (a) group_left () (-n)", "+ on (a) group_left ()\n  selector [6 series]\n  -\n    selector [2 series]")]
    [InlineData("topk(2, max_over_time(m[10m:1m] offset 1m))", "topk\n  max_over_time\n    subquery [10m:1m] offset 1m\n      selector [6 series]\n  number")]
    [InlineData("quantile_over_time(0.5, m[1m]) > 3", ">\n  quantile_over_time\n    range selector [6 series]\n    number\n  number")]
    [InlineData("m[5m]", "range selector [6 series]")]
    public async Task Plan_IsTheTree_AndReadsNothing(string query, string expected)
    {
        var table = Table();
        table.Opened = 0;
        QueryResult result = await RunAsync(table, query, ExplainMode.Plan);
        Assert.Equal(expected, Text(result.Plan!, 0).TrimEnd());
        Assert.Empty(result.Series);
        Assert.Equal(0, table.Opened);
        Assert.Equal(0, result.Stats.SamplesRead);
    }

    [Fact]
    public async Task Analyze_TellsWhatEachNodeCost()
    {
        QueryResult result = await RunAsync(Table(), "sum by (a) (rate(m[5m]))", ExplainMode.Analyze);
        QueryPlanNode sum = result.Plan!, rate = sum.Inputs[0], range = rate.Inputs[0];
        Assert.Equal((3, 6, 6), (sum.Series, rate.Series, range.Series));
        Assert.Equal((3, 6), (sum.Points, rate.Points));
        // 5 minutes of a sample every 15 s, of six series.
        Assert.Equal((0, 120), (sum.Samples, rate.Samples));
        Assert.Equal(120, result.Stats.SamplesRead);
        Assert.True(sum.Bytes > 0 && rate.Bytes > 0);
        Assert.True(sum.Elapsed >= rate.Elapsed && rate.Elapsed > TimeSpan.Zero && sum.Own <= sum.Elapsed);
        Assert.Equal(TimeSpan.Zero, range.Elapsed);
        Assert.Empty(result.Series);
    }

    [Fact]
    public async Task Analyze_PartsOnGridsOfTheirOwn()
    {
        using var engine = new QueryEngine(Table(), new QueryEngineOptions());
        var explain = new QueryParameters { Explain = ExplainMode.Analyze };
        QueryResult result = await engine.RangeAsync("max_over_time(m[2m:30s]) + on (a, b) m @ 600", 600_000, 660_000, 60_000, explain, TestContext.Current.CancellationToken);
        QueryPlanNode plus = result.Plan!, max = plus.Inputs[0], subquery = max.Inputs[0], pinned = plus.Inputs[1];
        Assert.Equal((2, 2, 6, 1), (plus.Steps, max.Steps, subquery.Inputs[0].Steps, pinned.Steps));
        Assert.Equal((6 * 6, 6), (subquery.Inputs[0].Samples, pinned.Samples));
        Assert.Equal(12, plus.Points);
    }

    [Fact]
    public async Task Analyze_AFailure_IsTheFailure()
    {
        var error = await Assert.ThrowsAsync<QueryException>(() => RunAsync(Table(), "m * on () n", ExplainMode.Analyze));
        Assert.Contains("many-to-many", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(QueryMemoryTests.Queries), MemberType = typeof(QueryMemoryTests))]
    public async Task Analyze_EveryOperator_HasATreeWhoseTimesAddUp(string query)
    {
        using var engine = new QueryEngine(Table(), new QueryEngineOptions { ExperimentalFunctions = true, FillModifiers = true });
        var explain = new QueryParameters { Explain = ExplainMode.Analyze };
        QueryPlanNode plan = (await engine.InstantAsync(query, 600_000, explain, TestContext.Current.CancellationToken)).Plan!;
        Assert.NotNull(plan.Series);
        Assert.True(OwnTicks(plan) <= Math.Max(plan.Elapsed.Ticks, plan.Own.Ticks) + 10, query);
        Assert.Equal(0, engine.Memory.HeldBytes);
    }

    private static long OwnTicks(QueryPlanNode node) => node.Own.Ticks + node.Inputs.Sum(OwnTicks);

    private static string Text(QueryPlanNode node, int level)
    {
        var text = new StringBuilder().Append(' ', level * 2).Append(node.Operator);
        if (node.Series is { } series) text.Append($" [{series} series]");
        text.Append('\n');
        foreach (QueryPlanNode input in node.Inputs) text.Append(Text(input, level + 1));
        return text.ToString();
    }

    private static async Task<QueryResult> RunAsync(CountingStore table, string query, ExplainMode mode)
    {
        using var engine = new QueryEngine(table, new QueryEngineOptions());
        return await engine.InstantAsync(query, 600_000, new QueryParameters { Explain = mode }, TestContext.Current.CancellationToken);
    }

    private static CountingStore Table()
    {
        var table = new MemoryTable();
        for (int i = 0; i <= 80; i++)
        {
            for (int series = 0; series < 6; series++) table.Add(Labels.Of(("__name__", "m"), ("a", $"{series / 2}"), ("b", $"{series % 2}")), i * 15_000L, i);
            for (int series = 0; series < 2; series++) table.Add(Labels.Of(("__name__", "n"), ("a", $"{series}")), i * 15_000L, i);
        }
        return new CountingStore(table);
    }

    /// <summary>Counts the series that are opened to be read.</summary>
    private sealed class CountingStore(MemoryTable inner) : ISampleStore
    {
        public int Opened { get; set; }

        public SeriesSet Select(IReadOnlyList<LabelMatcher> matchers, TimeRange range, SelectHints hints) => new CountingSet(inner.Select(matchers, range, hints), this);

        public IReadOnlyList<string> LabelNames(IReadOnlyList<LabelMatcher> matchers, TimeRange range, int limit = 0) => inner.LabelNames(matchers, range, limit);

        public IReadOnlyList<string> LabelValues(string name, IReadOnlyList<LabelMatcher> matchers, TimeRange range, int limit = 0) =>
            inner.LabelValues(name, matchers, range, limit);
    }

    private sealed class CountingSet(SeriesSet inner, CountingStore store) : SeriesSet
    {
        public override int Count => inner.Count;

        public override Labels LabelsAt(int index) => inner.LabelsAt(index);

        public override SampleCursor Open(int index, SampleCursor? reuse)
        {
            store.Opened++;
            return inner.Open(index, reuse);
        }

        public override void Dispose() => inner.Dispose();
    }
}
