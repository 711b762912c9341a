using Streamline.Query.Syntax;
using Streamline.Storage;
using Streamline.Tests.Shared;

namespace Streamline.Query.Tests.Engine;

/// <summary>Refusals: parameters, limits, time, cancellation, the gate.</summary>
public sealed class QueryLimitTests
{
    [Theory]
    [InlineData(0, 10, 0, "invalid parameter \"step\": zero or negative query resolution step widths are not accepted. Try a positive integer")]
    [InlineData(10, 0, 1, "invalid parameter \"end\": end timestamp must not be before start time")]
    [InlineData(0, 11_001, 1, "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)")]
    public void Range_BadParameters_AreBadData(long start, long end, long step, string message)
    {
        var error = Assert.Throws<QueryException>(() => new QueryTable(1000, "m 1").Range("m", start, end, step));

        Assert.Equal((QueryErrorKind.BadData, message), (error.Kind, error.Message));
    }

    [Theory]
    [InlineData("m[5m]", "invalid parameter \"query\": invalid expression type \"range vector\" for range query, must be Scalar or instant Vector")]
    [InlineData("\"x\"", "invalid parameter \"query\": invalid expression type \"string\" for range query, must be Scalar or instant Vector")]
    public void Range_WrongType_IsBadData(string query, string message)
    {
        var error = Assert.Throws<QueryException>(() => new QueryTable(1000, "m 1").Range(query, 0, 10, 1));

        Assert.Equal((QueryErrorKind.BadData, message), (error.Kind, error.Message));
    }

    [Fact]
    public void Instant_UnparsableQuery_IsBadDataWithPosition()
    {
        var error = Assert.Throws<QueryException>(() => new QueryTable(1000, "m 1").Instant("m +", 0));

        Assert.Equal(QueryErrorKind.BadData, error.Kind);
        Assert.StartsWith("invalid parameter \"query\": 1:", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("m")]
    [InlineData("sum_over_time(m[1h])")]
    [InlineData("max_over_time(m[1h:1s])")]
    public void Range_OverMaxSamples_IsExecutionError(string query)
    {
        var table = new QueryTable(1000, "m 1 2 3 4 5 6 7 8 9") { Options = new QueryEngineOptions { MaxSamples = 100 } };

        var error = Assert.Throws<QueryException>(() => table.Range(query, 0, 200_000, 1000));

        Assert.Equal("query processing would load too many samples into memory in query execution", error.Message);
        Assert.Equal(QueryErrorKind.Execution, error.Kind);
    }

    [Fact]
    public void Instant_GivesAllSamplesBack_AfterManyQueries()
    {
        var table = new QueryTable(1000, "m{a=\"1\"} 1 2 3", "m{a=\"2\"} 1 2 3") { Options = new QueryEngineOptions { MaxSamples = 2000 } };

        for (int i = 0; i < 50; i++) Assert.Equal(2, table.Range("m * on (a) m or rate(m[5s]) > quantile by (a) (0.5, m)", 0, 5000, 1000).Series.Count);
    }

    [Fact]
    public async Task Instant_CallerGone_IsCanceled()
    {
        using var engine = new QueryEngine(new MemoryTable(), new QueryEngineOptions());
        var error = await Assert.ThrowsAsync<QueryException>(() => engine.InstantAsync("1", 0, QueryParameters.Default, new CancellationToken(canceled: true)));

        Assert.Equal(QueryErrorKind.Canceled, error.Kind);
    }

    [Fact]
    public async Task Instant_OutOfTime_IsTimeout()
    {
        var time = new ManualTimeProvider();
        var table = new MemoryTable().Add(Labels.Of(("__name__", "m")), 0, 1);
        using var engine = new QueryEngine(new SlowStore(table, () => time.Advance(TimeSpan.FromSeconds(11))), new QueryEngineOptions { Time = time });

        var error = await Assert.ThrowsAsync<QueryException>(
            () => engine.InstantAsync("m", 0, new QueryParameters { TimeoutMs = 10_000 }, TestContext.Current.CancellationToken));

        Assert.Equal((QueryErrorKind.Timeout, "query timed out in expression evaluation"), (error.Kind, error.Message));
    }

    [Fact]
    public async Task Instant_GateFull_TimesOutInQueue()
    {
        var time = new ManualTimeProvider();
        using var entered = new SemaphoreSlim(0);
        using var leave = new SemaphoreSlim(0);
        var store = new SlowStore(new MemoryTable(), () =>
        {
            entered.Release();
            leave.Wait();
        });
        using var engine = new QueryEngine(store, new QueryEngineOptions { Time = time, MaxConcurrency = 1 });
        Task<QueryResult> first = engine.InstantAsync("m", 0, QueryParameters.Default, TestContext.Current.CancellationToken);
        await entered.WaitAsync(TestContext.Current.CancellationToken);

        Task<QueryResult> second = engine.InstantAsync("1", 0, new QueryParameters { TimeoutMs = 1000 }, TestContext.Current.CancellationToken);
        time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal("query timed out in query queue", (await Assert.ThrowsAsync<QueryException>(() => second)).Message);
        leave.Release();
        await first;
    }

    [Theory]
    [InlineData("abs(", ")", 249)]
    [InlineData("sum(", ")", 249)]
    [InlineData("-(", ")", 120)]
    [InlineData("m + ", "", 499)]
    [InlineData("max_over_time((", ")[1m:1m])", 80)]
    public void Range_AsDeepAsTheParserAllows_HasRoomOnTheStack(string open, string close, int depth)
    {
        string query = string.Concat(Enumerable.Repeat(open, depth)) + "m" + string.Concat(Enumerable.Repeat(close, depth));
        Exception? failure = null;
        // Far less than any thread of the pool has.
        var thread = new Thread(() => failure = Record.Exception(() => new QueryTable(1000, "m 1 2 3").Evaluate(query)), maxStackSize: 768 * 1024);
        thread.Start();
        thread.Join();
        Assert.Null(failure);
    }

    public static TheoryData<string> Functions => [.. FunctionTable.Functions.Select(f => f.Name).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Functions))]
    public void Instant_EveryFunction_IsBuilt(string name)
    {
        FunctionSignature function = FunctionTable.Find(name)!;
        string arguments = name == "info" ? "m" : string.Join(", ", function.Arguments.Select(a => a switch
        {
            ValueType.Scalar => "0.5",
            ValueType.Vector => "m",
            ValueType.Matrix => "m[5m]",
            ValueType.String => "\"a\"",
        }));
        using var engine = new QueryEngine(new QueryTable(1000, "m 1 2 3").Table, new QueryEngineOptions { UseStartTimestamps = true });
        QueryResult result = engine.Instant(PromqlParser.Parse($"{name}({arguments})"), 2000, TestContext.Current.CancellationToken);
        Assert.Equal(function.Returns, result.Type);
    }

    private sealed class SlowStore(MemoryTable inner, Action onSelect) : ISampleStore
    {
        public SeriesSet Select(IReadOnlyList<LabelMatcher> matchers, TimeRange range, SelectHints hints)
        {
            onSelect();
            return inner.Select(matchers, range, hints);
        }

        public IReadOnlyList<string> LabelNames(IReadOnlyList<LabelMatcher> matchers, TimeRange range, int limit = 0) =>
            inner.LabelNames(matchers, range, limit);

        public IReadOnlyList<string> LabelValues(string name, IReadOnlyList<LabelMatcher> matchers, TimeRange range, int limit = 0) =>
            inner.LabelValues(name, matchers, range, limit);
    }
}
