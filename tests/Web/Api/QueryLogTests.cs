using System.Text.Json;

namespace Streamline.Web.Tests.Api;

/// <summary><c>query_log_file</c> and <c>stats</c> through the whole server.</summary>
public sealed class QueryLogTests(QueryLogTests.Fixture server) : IClassFixture<QueryLogTests.Fixture>
{
    private const string Range = "query_range?query=sum_over_time(requests[100s])&start=1000&end=1100&step=50";

    public sealed class Fixture : ApiFixture
    {
        public string LogFile => Path.Combine(Path.GetDirectoryName(ConfigFile)!, "queries.log");

        protected override string Text => Config.Replace("global: {", "global: {query_log_file: queries.log, ", StringComparison.Ordinal);

        protected override IReadOnlyList<string> MoreFlags => ["--enable-feature=promql-per-step-stats"];
    }

    [Fact]
    public async Task Log_HasALinePerQuery_AndIsReopenedByAReload()
    {
        await server.JsonAsync("/api/v1/query_range?query=up%2B1&start=0&end=3600&step=5");
        await server.JsonAsync("/api/v1/query?query=requests*on()requests");
        var lines = Lines(server.LogFile);
        var good = lines.Single(l => Query(l) == "up+1");
        Assert.Equal("promql query logged", good.GetProperty("msg").GetString());
        var parameters = good.GetProperty("params");
        Assert.Equal(("1970-01-01T00:00:00.000Z", "1970-01-01T01:00:00.000Z", 5), (parameters.GetProperty("start").GetString(), parameters.GetProperty("end").GetString(), parameters.GetProperty("step").GetInt32()));
        Assert.Equal("""{"clientIP":"127.0.0.1","method":"GET","path":"/api/v1/query_range"}""", good.GetProperty("httpRequest").GetRawText());
        Assert.True(good.GetProperty("stats").GetProperty("timings").GetProperty("execTotalTime").GetDouble() > 0);
        Assert.False(good.TryGetProperty("error", out _));
        Assert.Contains("many-to-many", lines.Single(l => Query(l).Contains("on()", StringComparison.Ordinal)).GetProperty("error").GetString(), StringComparison.Ordinal);

        string moved = server.LogFile + ".1";
        File.Move(server.LogFile, moved);
        int before = Lines(moved).Count(IsFromHttp);
        using (var reload = await server.SendAsync(HttpMethod.Post, "/-/reload")) reload.EnsureSuccessStatusCode();
        await server.JsonAsync("/api/v1/query?query=2");
        Assert.Equal("2", Query(Lines(server.LogFile).Single(IsFromHttp)));
        Assert.Equal(before, Lines(moved).Count(IsFromHttp));
    }

    [Fact]
    public async Task Stats_All_CountsByStep()
    {
        var (_, answer) = await server.JsonAsync("/api/v1/" + Range + "&stats=all");
        var stats = answer.GetProperty("data").GetProperty("stats");
        Assert.Equal(
            ["evalTotalTime", "execQueueTime", "execTotalTime", "innerEvalTime", "queryPreparationTime", "resultSortTime"],
            stats.GetProperty("timings").EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal));
        Assert.Equal("[[1000,0],[1050,0],[1100,0]]", stats.GetProperty("samples").GetProperty("totalQueryableSamplesPerStep").GetRawText());
        Assert.Equal("[[1000,0],[1050,0],[1100,0]]", stats.GetProperty("samples").GetProperty("samplesReadPerStep").GetRawText());
    }

    [Theory]
    [InlineData("", false, false)]
    [InlineData("&stats=true", true, false)]
    [InlineData("&stats=yes", true, true)]
    public async Task Stats_WhenAskedFor(string parameter, bool has, bool warns)
    {
        var (_, answer) = await server.JsonAsync("/api/v1/" + Range + parameter);
        Assert.Equal(has, answer.GetProperty("data").TryGetProperty("stats", out var stats));
        if (has) Assert.False(stats.GetProperty("samples").TryGetProperty("samplesReadPerStep", out _));
        Assert.Equal(warns, answer.TryGetProperty("warnings", out var warnings));
        if (warns) Assert.StartsWith("value \"yes\" for parameter \"stats\" is deprecated", warnings[0].GetString(), StringComparison.Ordinal);
    }

    private static string Query(JsonElement line) => line.GetProperty("params").GetProperty("query").GetString()!;

    // The rules of the fixture are logged too, whenever their time comes.
    private static bool IsFromHttp(JsonElement line) => line.TryGetProperty("httpRequest", out _);

    private static List<JsonElement> Lines(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream);
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement.Clone())];
    }
}
