using System.Net;
using System.Text.Json;

namespace Streamline.Web.Tests.Api;

/// <summary>A server whose limit is far below what any process needs: the highest rung.</summary>
public sealed class ShortOfMemoryFixture : ApiFixture
{
    protected override string Text => Config + "\nlimits: {memory: 1MB}\n";

    // What the other fixture pushes at its start is refused here.
    protected override HttpStatusCode FirstPush => HttpStatusCode.ServiceUnavailable;
}

public sealed class MemoryShortageTests(ShortOfMemoryFixture server) : IClassFixture<ShortOfMemoryFixture>
{
    [Theory]
    [InlineData("POST", "/metrics/job/a", "text/plain")]
    [InlineData("POST", "/api/v1/write", "application/x-protobuf")]
    public async Task Pushes_AreAskedToComeAgain(string method, string path, string type)
    {
        using var reply = await server.SendAsync(new HttpMethod(method), path, "a 1\n", request => request.Content!.Headers.ContentType = new(type));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, reply.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(1), reply.Headers.RetryAfter?.Delta);
        Assert.Contains("short of memory", await reply.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rung_IsShown_AndAMetric()
    {
        var (_, answer) = await server.JsonAsync("/api/v1/status/runtimeinfo");
        Assert.Equal("ScrapesSkipped", answer.GetProperty("data").GetProperty("memoryRung").GetString());
        using var metrics = await server.SendAsync(HttpMethod.Get, "/metrics");
        Assert.Contains("streamline_memory_rung 4", await metrics.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Queries_AreStillAnswered()
    {
        var (status, answer) = await server.JsonAsync("/api/v1/query?query=1");
        Assert.Equal((200, "success"), (status, answer.GetProperty("status").GetString()));
        Assert.Equal(JsonValueKind.Object, answer.GetProperty("data").ValueKind);
    }
}
