using Streamline.Storage;
using Streamline.Tests.Shared;

namespace Streamline.Query.Tests.Engine;

/// <summary>A part that a query has twice is evaluated once; answers, notes and counts are those of two.</summary>
public sealed class RepeatedPartTests
{
    // A second writing of each selector that means the same: what is compared with is read at each place.
    private const string Selector = "m_total", Other = "m_total{group=~\".+\"}";

    [Theory]
    [InlineData("sum(rate(M[5m])) / sum(rate(M[5m]))", 1)]
    [InlineData("sum by (group) (rate(M[5m])) / (sum by (group) (rate(M[5m])) + 1)", 1)]
    [InlineData("rate(M[5m]) > 0.1 and rate(M[5m]) < 0.5", 1)]
    [InlineData("M / M", 1)]
    [InlineData("topk(2, M) + topk(2, M)", 1)]
    [InlineData("count_values(\"v\", M) and count_values(\"v\", M)", 1)]
    [InlineData("rate(M[5m]) or sum(rate(M[5m]))", 2)]
    [InlineData("quantile(2, M) + quantile(2, M)", 2)]
    [InlineData("max_over_time(sum(rate(M[1m]))[5m:30s]) + max_over_time(sum(rate(M[1m]))[5m:30s])", 2)]
    [InlineData("M @ 900 - M @ 900", 2)]
    [InlineData("absent(M) or (absent(M) or M)", 2)]
    public async Task RangeAsync_EqualsTheSameInOtherWords(string template, int selects)
    {
        var store = new CountingStore(Table());
        using var engine = new QueryEngine(store, new QueryEngineOptions { PerStepStats = true });
        QueryResult once = await Run(engine, template.Replace("M", Selector));
        Assert.Equal(selects, store.Selects);
        int last = template.LastIndexOf('M');
        QueryResult apart = await Run(engine, string.Concat(template.AsSpan(0, last), Other, template.AsSpan(last + 1)).Replace("M", Selector));

        Assert.NotEmpty(once.Series);
        Assert.Equal(apart.Series.Select(Shown), once.Series.Select(Shown));
        Assert.Equal(apart.Stats.TotalQueryableSamples, once.Stats.TotalQueryableSamples);
        Assert.Equal(apart.Stats.SamplesRead, once.Stats.SamplesRead);
        Assert.Equal(apart.Stats.Steps!.TotalQueryableSamples, once.Stats.Steps!.TotalQueryableSamples);
        Assert.Equal(apart.Warnings, once.Warnings);
    }

    [Fact]
    public async Task RangeAsync_MoreSeriesThanAreHeld_AreReadAtEachPlace()
    {
        var table = new MemoryTable();
        for (int s = 0; s < 2100; s++)
        {
            for (int i = 0; i < 10; i++) table.Add(Labels.Of(("__name__", Selector), ("group", "g"), ("series", $"s{s}")), i * 60_000L, i * s);
        }
        var store = new CountingStore(table);
        using var engine = new QueryEngine(store, new QueryEngineOptions());
        QueryResult result = await engine.RangeAsync($"{Selector} - {Selector}", 0, 500_000, 2_000, QueryParameters.Default, TestContext.Current.CancellationToken);
        Assert.Equal(2, store.Selects);
        Assert.Equal(2100, result.Series.Count);
    }

    private static Task<QueryResult> Run(QueryEngine engine, string query) =>
        engine.RangeAsync(query, 600_000, 1_500_000, 30_000, QueryParameters.Default with { PerStepStats = true }, TestContext.Current.CancellationToken);

    private static MemoryTable Table()
    {
        var table = new MemoryTable();
        for (int s = 0; s < 12; s++)
        {
            Labels labels = Labels.Of(("__name__", Selector), ("group", $"g{s % 3}"), ("series", $"s{s}"));
            for (int i = 0; i < 100; i++)
            {
                if ((i + s) % 13 != 0) table.Add(labels, i * 15_000L, i * (s + 1) % 61);
            }
        }
        return table;
    }

    private static string Shown(ResultSeries series) => $"{series.Labels} {string.Join(' ', series.Values.ToArray().Select((v, i) => $"{series.TimestampsMs.Span[i]}={v:R}"))}";

    private sealed class CountingStore(MemoryTable table) : ISampleStore
    {
        public int Selects { get; private set; }

        public SeriesSet Select(IReadOnlyList<LabelMatcher> matchers, TimeRange range, SelectHints hints)
        {
            Selects++;
            return table.Select(matchers, range, hints);
        }

        public IReadOnlyList<string> LabelNames(IReadOnlyList<LabelMatcher> matchers, TimeRange range, int limit = 0) => table.LabelNames(matchers, range, limit);

        public IReadOnlyList<string> LabelValues(string name, IReadOnlyList<LabelMatcher> matchers, TimeRange range, int limit = 0) => table.LabelValues(name, matchers, range, limit);
    }
}
