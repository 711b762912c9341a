using Streamline.Query.Engine;
using Streamline.Storage;
using Streamline.Tests.Shared;

namespace Streamline.Query.Tests.Engine;

/// <summary>The ceilings of memory: a query above one ends with an error that names it, and nothing stays in the books.</summary>
public sealed class QueryMemoryTests
{
    private const int Groups = 4, PerGroup = 25, Samples = 60;

    /// <summary>Every kind of operator.</summary>
    public static readonly TheoryData<string> Queries =
    [
        "m", "rate(m[5m])", "quantile_over_time(0.5, m[5m])", "sum by (a) (m)", "topk by (a) (3, m)", "count_values('v', m)", "quantile by (a) (0.5, m)",
        "m and on (a) n", "m or n", "m unless n", "m * on (a, b) n", "n * on (a) group_left () sum by (a) (m)", "m > 3", "-m", "abs(m)", "clamp(m, 1, 2)",
        "round(m, 5)", "sort(m)", "sort_by_label(m, 'b')", "label_replace(m, 'c', '$1', 'a', '(.*)')", "absent(m{a='none'})", "scalar(sum(m))",
        "max_over_time(sum by (a) (m)[10m:1m])", "sum(m @ 1000)", "histogram_quantile(0.9, label_replace(m, 'le', '$1', 'b', '(.*)'))", "limitk(2, m)",
        "limit_ratio(0.5, m)", "info(m)", "m + on (a, b) fill (0) n", "timestamp(m)", "absent_over_time(m[5m])", "m[5m]",
    ];

    [Theory]
    [MemberData(nameof(Queries))]
    public async Task AnyCeiling_AnswerOrError_AndEverythingIsGivenBack(string query)
    {
        using var engine = new QueryEngine(Table(), new QueryEngineOptions { ExperimentalFunctions = true, FillModifiers = true });
        long peak = await RunAsync(engine, query);
        Assert.True(peak > 0);
        int refused = 0;
        for (long ceiling = 256; ceiling <= peak; ceiling += Math.Max(64, peak / 40))
        {
            engine.LimitMemory(ceiling, 0);
            refused += await RunAsync(engine, query) < 0 ? 1 : 0;
        }
        Assert.True(refused > 1, $"{query} holds up to {peak} bytes and no ceiling refused it");
        // Whether a second lane took part, and so has buffers of its own, differs from run to run.
        engine.LimitMemory(peak * 2, 0);
        Assert.InRange(await RunAsync(engine, query), peak / 2, peak * 2);
    }

    /// <summary>Each of the right side's series is there at a step of its own, so that all pairs are good; the columns alone fit under the ceiling.</summary>
    [Fact]
    public async Task PairsOfTwoLargeSides_EndTheQuery()
    {
        const int series = 700;
        const long stepMs = 360_000;
        var table = new MemoryTable();
        for (int i = 0; i < series; i++)
        {
            table.Add(Labels.Of(("__name__", "x"), ("i", $"{i}")), 0, i);
            table.Add(Labels.Of(("__name__", "y"), ("i", $"{i}")), i * stepMs, i);
        }
        using var engine = new QueryEngine(table, new QueryEngineOptions());
        engine.LimitMemory(20 << 20, 0);
        Task<QueryResult> RangeAsync(string query) =>
            engine.RangeAsync(query, 0, (series - 1) * stepMs, stepMs, QueryParameters.Default, TestContext.Current.CancellationToken);
        (await RangeAsync("quantile(0.5, x) + on () quantile(0.5, y)")).Dispose();
        var error = await Assert.ThrowsAsync<QueryException>(() => RangeAsync("x * on () group_left y"));
        Assert.Equal((QueryErrorKind.Execution, "the query needs more memory than 20 MB (limits.memory_per_query) in query execution"), (error.Kind, error.Message));
        Assert.Equal(0, engine.Memory.HeldBytes);
    }

    /// <summary>A label that was forgotten on both sides: the error comes before nine million pairs.</summary>
    [Theory]
    [InlineData("x * on () y", "right")]
    [InlineData("x * on () group_left () y", "right")]
    [InlineData("x * on () group_right () y", "left")]
    public async Task ManyToMany_LargeSides_AreToldWithoutPairs(string query, string side)
    {
        var table = new MemoryTable();
        for (int i = 0; i < 3000; i++)
        {
            table.Add(Labels.Of(("__name__", "x"), ("i", $"{i}")), 0, i);
            table.Add(Labels.Of(("__name__", "y"), ("i", $"{i}")), 0, i);
        }
        using var engine = new QueryEngine(table, new QueryEngineOptions());
        engine.LimitMemory(20 << 20, 0);
        var error = await Assert.ThrowsAsync<QueryException>(() => engine.InstantAsync(query, 0, QueryParameters.Default, TestContext.Current.CancellationToken));
        Assert.StartsWith($"found duplicate series for the match group {{}} on the {side} hand-side of the operation", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, engine.Memory.HeldBytes);
    }

    [Fact]
    public async Task AllTogether_AResultNotYetSentCounts()
    {
        using var engine = new QueryEngine(Table(), new QueryEngineOptions());
        QueryResult first = await engine.RangeAsync("m", 0, 3_600_000, 1000, QueryParameters.Default, TestContext.Current.CancellationToken);
        long kept = engine.Memory.HeldBytes;
        Assert.InRange(kept, Groups * PerGroup * 3000 * 8, Groups * PerGroup * 3601 * 18);
        engine.LimitMemory(0, kept + 100_000);

        var error = await Assert.ThrowsAsync<QueryException>(() => engine.RangeAsync("m", 0, 3_600_000, 1000, QueryParameters.Default, TestContext.Current.CancellationToken));
        Assert.Contains("limits.memory_for_queries", error.Message, StringComparison.Ordinal);
        first.Dispose();
        first.Dispose();
        Assert.Equal(0, engine.Memory.HeldBytes);
        engine.LimitMemory(0, kept * 2);
        (await engine.RangeAsync("m", 0, 3_600_000, 1000, QueryParameters.Default, TestContext.Current.CancellationToken)).Dispose();
        Assert.Equal(0, engine.Memory.HeldBytes);
    }

    [Fact]
    public void Reserve_OverTheCeiling_TakesNothing()
    {
        var memory = new QueryMemory();
        memory.Limit(0, 1000);
        memory.Reserve(900);
        Assert.Throws<QueryException>(() => memory.Reserve(101));
        Assert.Equal(900, memory.HeldBytes);
    }

    /// <summary>Most bytes held, or -1 when the ceiling ended the query. Nothing may be held afterwards.</summary>
    private static async Task<long> RunAsync(QueryEngine engine, string query)
    {
        long peak = -1;
        try
        {
            using QueryResult result = query == "m[5m]"
                ? await engine.InstantAsync(query, 3_000_000, QueryParameters.Default, TestContext.Current.CancellationToken)
                : await engine.RangeAsync(query, 0, 3_540_000, 60_000, QueryParameters.Default, TestContext.Current.CancellationToken);
            peak = result.Stats.PeakBytes;
        }
        catch (QueryException error)
        {
            Assert.Contains("the query needs more memory than", error.Message, StringComparison.Ordinal);
        }
        Assert.Equal(0, engine.Memory.HeldBytes);
        return peak;
    }

    private static MemoryTable Table()
    {
        var table = new MemoryTable();
        foreach (string name in (string[])["m", "n"])
        {
            for (int series = 0; series < Groups * PerGroup; series++)
            {
                Labels labels = Labels.Of(("__name__", name), ("a", $"{series % Groups}"), ("b", $"{series}"), ("instance", "i"), ("job", "j"));
                for (int i = 0; i < Samples; i++) table.Add(labels, i * 60_000L, (i * series % 17) + 1);
            }
        }
        return table;
    }
}
