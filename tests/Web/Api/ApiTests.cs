using System.Net;
using System.Text.Json;

namespace Streamline.Web.Tests.Api;

public sealed class ApiTests(ApiFixture server) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task Query_Vector_HasPrometheusEnvelope()
    {
        var (status, answer) = await server.JsonAsync("/api/v1/query?query=requests");
        Assert.Equal(200, status);
        Assert.Equal("success", answer.GetProperty("status").GetString());
        var data = answer.GetProperty("data");
        Assert.Equal("vector", data.GetProperty("resultType").GetString());
        Assert.Equal(2, data.GetProperty("result").GetArrayLength());
        var first = data.GetProperty("result")[0];
        Assert.Equal("""{"__name__":"requests","code":"200","job":"test"}""", first.GetProperty("metric").GetRawText());
        Assert.Equal("10", first.GetProperty("value")[1].GetString());
        Assert.Equal(JsonValueKind.Number, first.GetProperty("value")[0].ValueKind);
    }

    [Theory]
    [InlineData("/api/v1/query?query=1", "scalar", "1")]
    [InlineData("/api/v1/query?query=special", "vector", "NaN")]
    [InlineData("/api/v1/query?query=1/0", "scalar", "+Inf")]
    [InlineData("/api/v1/query?query=\"text\"", "string", "text")]
    public async Task Query_Types(string path, string type, string value)
    {
        var (_, answer) = await server.JsonAsync(path);
        var data = answer.GetProperty("data");
        Assert.Equal(type, data.GetProperty("resultType").GetString());
        var result = data.GetProperty("result");
        var point = type == "vector" ? result[0].GetProperty("value") : result;
        Assert.Equal(value, point[1].GetString());
    }

    [Theory]
    [InlineData("GET", "/-/reload", 405)]
    [InlineData("DELETE", "/api/v1/query", 405)]
    [InlineData("POST", "/api/v1/rules", 405)]
    [InlineData("POST", "/query", 404)]
    [InlineData("GET", "/-/other", 404)]
    public async Task WrongMethodOrPath_IsNoSuccess(string method, string path, int status)
    {
        using var reply = await server.SendAsync(new HttpMethod(method), path);
        Assert.Equal(status, (int)reply.StatusCode);
    }

    [Theory]
    [InlineData("/api/v1/query?query=sum(", 400, "bad_data")]
    [InlineData("/api/v1/query?query=", 400, "bad_data")]
    [InlineData("/api/v1/query?query=up&time=yesterday", 400, "bad_data")]
    [InlineData("/api/v1/query?query=requests*on()requests", 422, "execution")]
    [InlineData("/api/v1/query_range?query=up&start=2&end=1&step=1", 400, "bad_data")]
    [InlineData("/api/v1/query_range?query=up&start=0&end=100&step=0", 400, "bad_data")]
    [InlineData("/api/v1/query_range?query=up&start=0&end=11001&step=1", 400, "bad_data")]
    [InlineData("/api/v1/query_range?query=up&start=0&end=1", 400, "bad_data")]
    [InlineData("/api/v1/series", 400, "bad_data")]
    [InlineData("/api/v1/series?match[]=up{", 400, "bad_data")]
    [InlineData("/api/v1/rules?type=other", 400, "bad_data")]
    [InlineData("/api/v1/nothing", 404, "not_found")]
    public async Task Errors_HaveTypeAndStatus(string path, int status, string type)
    {
        var (found, answer) = await server.JsonAsync(path);
        Assert.Equal(status, found);
        Assert.Equal("error", answer.GetProperty("status").GetString());
        Assert.Equal(type, answer.GetProperty("errorType").GetString());
        Assert.NotEqual("", answer.GetProperty("error").GetString());
    }

    [Fact]
    public async Task QueryRange_PostForm_GivesMatrix()
    {
        using var reply = await server.SendAsync(HttpMethod.Post, "/api/v1/query_range", change: r => r.Content =
            new FormUrlEncodedContent([new("query", "vector(7)"), new("start", "1000"), new("end", "1030.5"), new("step", "15s")]));
        using var answer = JsonDocument.Parse(await reply.Content.ReadAsStringAsync());
        var data = answer.RootElement.GetProperty("data");
        Assert.Equal("""[[1000,"7"],[1015,"7"],[1030,"7"]]""", data.GetProperty("result")[0].GetProperty("values").GetRawText());
    }

    [Fact]
    public async Task Schema_OfTheConfiguration_IsADocumentOfItsOwn()
    {
        var (status, schema) = await server.JsonAsync("/api/v1/schema");
        Assert.Equal(200, status);
        Assert.True(schema.GetProperty("properties").TryGetProperty("scrape_configs", out _));
    }

    [Fact]
    public async Task Labels_Values_Series()
    {
        var (_, names) = await server.JsonAsync("/api/v1/labels?match[]=requests");
        Assert.Equal("""["__name__","code","job"]""", names.GetProperty("data").GetRawText());
        var (_, values) = await server.JsonAsync("/api/v1/label/code/values");
        Assert.Equal("""["200","500"]""", values.GetProperty("data").GetRawText());
        var (_, series) = await server.JsonAsync("/api/v1/series?match[]=requests{code=\"500\"}");
        Assert.Equal("""[{"__name__":"requests","code":"500","job":"test"}]""", series.GetProperty("data").GetRawText());
        var (_, cut) = await server.JsonAsync("/api/v1/label/code/values?limit=1");
        Assert.Equal("results truncated due to limit", cut.GetProperty("warnings")[0].GetString());
    }

    [Fact]
    public async Task Metadata_OfPushes_IsShown()
    {
        var (_, answer) = await server.JsonAsync("/api/v1/metadata?metric=requests");
        Assert.Equal("""{"requests":[{"type":"counter","help":"Requests.","unit":""}]}""", answer.GetProperty("data").GetRawText());
    }

    [Theory]
    [InlineData("status/config", "yaml")]
    [InlineData("status/flags", "web.listen-address")]
    [InlineData("status/buildinfo", "streamlineVersion")]
    [InlineData("status/runtimeinfo", "storageRetention")]
    [InlineData("status/tsdb", "headStats")]
    [InlineData("targets", "activeTargets")]
    [InlineData("rules", "groups")]
    [InlineData("alerts", "alerts")]
    [InlineData("pipeline", "edges")]
    public async Task Status_Endpoints_Answer(string path, string member)
    {
        var (status, answer) = await server.JsonAsync("/api/v1/" + path);
        Assert.Equal(200, status);
        Assert.True(answer.GetProperty("data").TryGetProperty(member, out _));
    }

    [Fact]
    public async Task Query_Gzip_WhenAccepted()
    {
        using var reply = await server.SendAsync(HttpMethod.Get, "/api/v1/query?query=requests", change: r => r.Headers.AcceptEncoding.ParseAdd("gzip"));
        Assert.Equal("gzip", reply.Content.Headers.ContentEncoding.Single());
    }

    [Theory]
    [InlineData("/-/healthy", 200)]
    [InlineData("/-/ready", 200)]
    [InlineData("/metrics", 200)]
    public async Task Plain_Endpoints(string path, int status)
    {
        using var reply = await server.SendAsync(HttpMethod.Get, path);
        Assert.Equal(status, (int)reply.StatusCode);
    }

    [Fact]
    public async Task Metrics_AreOurOwn_UnderPrometheusNames()
    {
        using var reply = await server.SendAsync(HttpMethod.Get, "/metrics");
        string text = await reply.Content.ReadAsStringAsync();
        Assert.Contains("prometheus_tsdb_head_series ", text, StringComparison.Ordinal);
        Assert.Contains("process_cpu_seconds_total ", text, StringComparison.Ordinal);
        Assert.DoesNotContain("requests{", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_CountRequests_ByHandlerAndCode()
    {
        using (var refused = await server.SendAsync(HttpMethod.Get, "/api/v1/query?query=(((")) Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        using (var values = await server.SendAsync(HttpMethod.Get, "/api/v1/label/no_such_label/values")) Assert.Equal(HttpStatusCode.OK, values.StatusCode);
        using (var page = await server.SendAsync(HttpMethod.Get, "/some/page")) Assert.NotNull(page);
        using var reply = await server.SendAsync(HttpMethod.Get, "/metrics");
        string text = await reply.Content.ReadAsStringAsync();
        Assert.Matches("""(?m)^prometheus_http_requests_total\{code="400",handler="/api/v1/query"\} [1-9]""", text);
        Assert.Matches("""(?m)^prometheus_http_requests_total\{code="200",handler="/api/v1/label/:name/values"\} [1-9]""", text);
        Assert.Matches("""(?m)^prometheus_http_requests_total\{code="200",handler="/-/quit"\} 0""", text);
        Assert.Matches("""(?m)^prometheus_http_request_duration_seconds_bucket\{handler="/api/v1/query",le="120"\} [1-9]""", text);
        Assert.DoesNotContain("no_such_label", text, StringComparison.Ordinal);
        Assert.DoesNotContain("some/page", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Push_BadText_NamesTheLine()
    {
        using var reply = await server.SendAsync(HttpMethod.Post, "/metrics/job/bad", "good 1\nbad bad bad\n");
        Assert.Equal(HttpStatusCode.BadRequest, reply.StatusCode);
        Assert.Contains("line 2", await reply.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var (_, answer) = await server.JsonAsync("/api/v1/query?query=good");
        Assert.Equal(0, answer.GetProperty("data").GetProperty("result").GetArrayLength());
    }

    [Fact]
    public async Task Push_Delete_EndsTheSeries()
    {
        using (var pushed = await server.SendAsync(HttpMethod.Put, "/metrics/job@base64/Z29uZQ/path/a%2Fb", "leaving 1\n")) Assert.Equal(HttpStatusCode.OK, pushed.StatusCode);
        var (_, there) = await server.JsonAsync("/api/v1/query?query=leaving{job=\"gone\",path=\"a/b\"}");
        Assert.Equal(1, there.GetProperty("data").GetProperty("result").GetArrayLength());
        using (var deleted = await server.SendAsync(HttpMethod.Delete, "/metrics/job@base64/Z29uZQ/path/a%2Fb")) Assert.Equal(HttpStatusCode.Accepted, deleted.StatusCode);
        var (_, gone) = await server.JsonAsync("/api/v1/query?query=leaving");
        Assert.Equal(0, gone.GetProperty("data").GetProperty("result").GetArrayLength());
    }

    [Theory]
    [InlineData("/query")]
    [InlineData("/graph?g0.expr=up")]
    [InlineData("/alerts")]
    public async Task Pages_AreTheInterface_WithItsScripts(string path)
    {
        Assert.SkipUnless(new Streamline.Web.Hosting.UiAssets().IsPresent, "built without the user interface");
        using var page = await server.SendAsync(HttpMethod.Get, path);
        Assert.Equal("text/html", page.Content.Headers.ContentType?.MediaType);
        Assert.NotEmpty(page.Headers.GetValues("Content-Security-Policy"));
        var script = System.Text.RegularExpressions.Regex.Match(await page.Content.ReadAsStringAsync(), "src=\"\\.?/?(assets/[^\"]+\\.js)\"");
        Assert.True(script.Success);
        using var asset = await server.SendAsync(HttpMethod.Get, "/" + script.Groups[1].Value);
        Assert.Equal(HttpStatusCode.OK, asset.StatusCode);
        Assert.Equal("text/javascript", asset.Content.Headers.ContentType?.MediaType);
    }

    [Theory]
    [InlineData("/debug/pprof/heap")]
    [InlineData("/consoles/node.html")]
    [InlineData("/-/nothing")]
    public async Task WhatProgramsAskFor_AndIsNotThere_IsNoPage(string path)
    {
        using var reply = await server.SendAsync(HttpMethod.Get, path);
        Assert.Equal((HttpStatusCode.NotFound, "text/plain"), (reply.StatusCode, reply.Content.Headers.ContentType?.MediaType));
    }

    [Fact]
    public async Task ForeignOrigin_StateChange_IsRefused()
    {
        using var reply = await server.SendAsync(HttpMethod.Post, "/-/reload", change: r => r.Headers.Add("Origin", "https://elsewhere.example"));
        Assert.Equal(HttpStatusCode.Forbidden, reply.StatusCode);
    }

    [Fact]
    public async Task ForeignHost_IsRefused()
    {
        using var reply = await server.SendAsync(HttpMethod.Get, "/api/v1/query?query=1", change: r => r.Headers.Host = "elsewhere.example");
        Assert.Equal(HttpStatusCode.Forbidden, reply.StatusCode);
    }

    [Fact]
    public async Task Reload_BadConfig_KeepsTheOldOne()
    {
        await File.WriteAllTextAsync(server.ConfigFile, "glbal: {}\n");
        using (var bad = await server.SendAsync(HttpMethod.Post, "/-/reload"))
        {
            Assert.Equal(HttpStatusCode.InternalServerError, bad.StatusCode);
            Assert.Contains("global", await bad.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
        await File.WriteAllTextAsync(server.ConfigFile, ApiFixture.Config);
        using var good = await server.SendAsync(HttpMethod.Post, "/-/reload");
        Assert.Equal(HttpStatusCode.OK, good.StatusCode);
    }
}
