using System.Net;
using System.Text.Json;

namespace Streamline.Web.Tests.Api;

/// <summary>The live tail over HTTP.</summary>
public sealed class LiveApiTests(ApiFixture server) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task Live_ShowsAPushAsItPasses()
    {
        using var http = new HttpClient();
        using var reply = await http.GetAsync(new Uri(server.Url, "/api/v1/live?match[]=passing{job=\"live\"}&limit=10"), HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        Assert.Equal("text/event-stream", reply.Content.Headers.ContentType?.MediaType);
        using var lines = new StreamReader(await reply.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        // The first window comes without a sample: from then on the tail watches.
        Assert.Empty((await WindowAsync(lines)).GetProperty("samples").EnumerateArray());
        using var pushed = await server.SendAsync(HttpMethod.Put, "/metrics/job/live", "passing 1.5e-09\nother 1\n");
        var window = await WindowAsync(lines);
        var sample = Assert.Single(window.GetProperty("samples").EnumerateArray());
        Assert.Equal("""{"__name__":"passing","job":"live"}""", sample.GetProperty("metric").GetRawText());
        Assert.Equal("1.5e-9", sample.GetProperty("value").GetString());
        Assert.True(window.GetProperty("seen").GetInt64() > window.GetProperty("matched").GetInt64());
    }

    [Theory]
    [InlineData("node=nowhere", "no samples pass a node")]
    [InlineData("limit=0", "is not a number from 1 to 1000")]
    [InlineData("match[]={", "match[]")]
    public async Task WrongQuestions_AreNamed(string query, string message)
    {
        var (status, answer) = await server.JsonAsync("/api/v1/live?" + query);
        Assert.Equal((int)HttpStatusCode.BadRequest, status);
        Assert.Contains(message, answer.GetProperty("error").GetString()!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nodes_AreThoseThatSamplesPass()
    {
        var (_, answer) = await server.JsonAsync("/api/v1/live/nodes");
        Assert.Equal(["pushed/push/1", "pushed/remote_write/1", "append"], answer.GetProperty("data").EnumerateArray().Select(n => n.GetString()));
    }

    private static async Task<JsonElement> WindowAsync(StreamReader lines)
    {
        while (await lines.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            if (!line.StartsWith("data: ", StringComparison.Ordinal)) continue;
            using var json = JsonDocument.Parse(line["data: ".Length..]);
            return json.RootElement.Clone();
        }
        throw new InvalidOperationException("the stream ended");
    }
}
