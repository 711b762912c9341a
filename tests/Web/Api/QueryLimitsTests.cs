using System.Net;
using System.Text.Json;

namespace Streamline.Web.Tests.Api;

/// <summary>A server whose limits are low: what they refuse, and what a client that goes away leaves behind.</summary>
public sealed class QueryLimitsTests(QueryLimitsTests.Fixture server) : IClassFixture<QueryLimitsTests.Fixture>
{
    // Windows of 21,600 points that are no numbers, gone through one by one at each of 11,000 steps: many seconds of work in a megabyte.
    private const string Endless = "/api/v1/query_range?query=stdvar_over_time(vector(time()*NaN)[1d:4s])&start=0&end=11000&step=1";

    public sealed class Fixture : ApiFixture
    {
        protected override string Text => Config + "\nlimits: {memory_per_query: 2MB, memory_for_queries: 3MB}\n";

        protected override IReadOnlyList<string> MoreFlags => ["--query.max-concurrency=1", "--query.max-samples=400000"];
    }

    [Fact]
    public async Task ClientGoesAway_TheQueryEnds_AndTheNextOneRuns()
    {
        using var gone = new CancellationTokenSource();
        Task<HttpResponseMessage> endless = server.SendAsync(HttpMethod.Get, Endless, cancellation: gone.Token);
        await UntilAsync(running: 1);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => endless);

        // There is room for one query: this one can only run when that one has ended.
        var (status, _) = await server.JsonAsync("/api/v1/query?query=1&timeout=60s");
        Assert.Equal(200, status);
        await UntilAsync(running: 0);
    }

    [Fact]
    public async Task GateFull_TheNextQueryWaits_AndTimesOutInTheQueue()
    {
        using var gone = new CancellationTokenSource();
        Task<HttpResponseMessage> endless = server.SendAsync(HttpMethod.Get, Endless, cancellation: gone.Token);
        await UntilAsync(running: 1);
        var (status, answer) = await server.JsonAsync("/api/v1/query?query=1&timeout=50ms");
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => endless);
        Assert.Equal((503, "timeout", "query timed out in query queue"), (status, answer.GetProperty("errorType").GetString(), answer.GetProperty("error").GetString()));
    }

    [Fact]
    public async Task Timeout_OfTheRequest_EndsTheQuery()
    {
        var (status, answer) = await server.JsonAsync(Endless + "&timeout=100ms");
        Assert.Equal((503, "timeout"), (status, answer.GetProperty("errorType").GetString()));
    }

    [Fact]
    public async Task MemoryPerQuery_IsAnExecutionError_AndTheServerLives()
    {
        var (status, answer) = await server.JsonAsync("/api/v1/query_range?query=max_over_time(vector(1)[90000s:1s])&start=0&end=100000&step=1000");
        Assert.Equal(422, status);
        Assert.Equal("the query needs more memory than 2 MB (limits.memory_per_query) in query execution", answer.GetProperty("error").GetString());
        Assert.Equal(200, (await server.JsonAsync("/api/v1/query?query=1")).Status);
    }

    [Fact]
    public async Task MaxSamples_IsAnExecutionError()
    {
        var (status, answer) = await server.JsonAsync("/api/v1/query_range?query=max_over_time(vector(1)[900000s:1s])&start=0&end=100000&step=1000");
        Assert.Equal((422, "query processing would load too many samples into memory in query execution"), (status, answer.GetProperty("error").GetString()));
    }

    [Theory]
    [InlineData("start=0&end=11000&step=1", 200)]
    [InlineData("start=0&end=11001&step=1", 400)]
    public async Task Points_AtMostElevenThousand(string range, int expected)
    {
        var (status, answer) = await server.JsonAsync("/api/v1/query_range?query=1&" + range);
        Assert.Equal(expected, status);
        if (expected == 200) Assert.Equal(11_001, answer.GetProperty("data").GetProperty("result")[0].GetProperty("values").GetArrayLength());
        else Assert.Contains("11,000 points", answer.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("query?query=requests&limit=1", 1, true)]
    [InlineData("query?query=requests&limit=2", 2, false)]
    [InlineData("query?query=requests&limit=0", 2, false)]
    [InlineData("query_range?query=vector(1)or(vector(2)>requests)or(requests)&start=0&end=10&step=5&limit=1", 1, false)]
    [InlineData("query?query=5&limit=1", 2, false)]
    public async Task Limit_CutsSeries_AndSaysSo(string path, int count, bool warns)
    {
        var (_, answer) = await server.JsonAsync("/api/v1/" + path);
        Assert.Equal(count, answer.GetProperty("data").GetProperty("result").GetArrayLength());
        Assert.Equal(warns, answer.TryGetProperty("warnings", out JsonElement warnings));
        if (warns) Assert.Equal("results truncated due to limit", warnings[0].GetString());
    }

    [Theory]
    [InlineData("query?query=sum(requests)&explain=plan", 0)]
    [InlineData("query?query=sum(requests)&explain=analyze", 2)]
    [InlineData("query_range?query=sum(requests)&start=0&end=10&step=5&explain=analyze", 0)]
    public async Task Explain_GivesTheTreeInsteadOfTheResult(string path, int samples)
    {
        var (_, answer) = await server.JsonAsync("/api/v1/" + path);
        var data = answer.GetProperty("data");
        Assert.Equal(0, data.GetProperty("result").GetArrayLength());
        var root = data.GetProperty("explain");
        Assert.Equal(("sum", "sum(requests)"), (root.GetProperty("operator").GetString(), root.GetProperty("expression").GetString()));
        var selector = root.GetProperty("inputs")[0];
        Assert.Equal(samples, selector.GetProperty("samples").GetInt64());
        Assert.Equal(
            ["bytes", "expression", "inputs", "milliseconds", "operator", "ownMilliseconds", "points", "samples", "series", "steps"],
            selector.EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Explain_OtherWord_IsBadData() => Assert.Equal(400, (await server.JsonAsync("/api/v1/query?query=1&explain=yes")).Status);

    private async Task UntilAsync(int running)
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (await RunningAsync() != running) bound.Token.ThrowIfCancellationRequested();
    }

    private async Task<double> RunningAsync()
    {
        using var reply = await server.SendAsync(HttpMethod.Get, "/metrics");
        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        string line = (await reply.Content.ReadAsStringAsync()).Split('\n').First(l => l.StartsWith("prometheus_engine_queries ", StringComparison.Ordinal));
        return double.Parse(line.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
    }
}
