using System.Net;
using System.Net.Http.Headers;

namespace Streamline.Web.Tests.Api;

/// <summary>Gzip as senders, networks and attackers make it, for both receivers that unpack: what is not whole changes nothing.</summary>
public sealed class PackedBodyTests(OtlpFixture server) : IClassFixture<OtlpFixture>
{
    private const string Push = "/metrics/job/packed", Otlp = "/api/v1/otlp/v1/metrics";

    [Theory]
    [InlineData(HttpStatusCode.OK, "whole")]
    [InlineData(HttpStatusCode.OK, "two members")]
    [InlineData(HttpStatusCode.OK, "junk behind it")] // as the Pushgateway; what came is whole by its check sum
    [InlineData(HttpStatusCode.BadRequest, "cut in the data")]
    [InlineData(HttpStatusCode.BadRequest, "cut in the check sum")]
    [InlineData(HttpStatusCode.BadRequest, "cut in the second member")]
    [InlineData(HttpStatusCode.BadRequest, "wrong check sum")]
    [InlineData(HttpStatusCode.BadRequest, "wrong length")]
    [InlineData(HttpStatusCode.BadRequest, "not gzip")]
    [InlineData(HttpStatusCode.BadRequest, "nothing")]
    public async Task Body_IsTakenWhole_OrNotAtAll(HttpStatusCode expected, string kind)
    {
        string name = kind.Replace(' ', '_');
        foreach (string path in (string[])[Push, Otlp])
        {
            string text = path == Push ? $"{name}_pushed 1\n" : OtlpText(name + "_otlp");
            using var reply = await SendAsync(path, Changed(kind, text));
            Assert.True(expected == reply.StatusCode, $"{path}: {reply.StatusCode} {await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)}");
            Assert.Equal(expected == HttpStatusCode.OK ? 1 : 0, await CountAsync(path == Push ? name + "_pushed" : name + "_otlp"));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task PutOfNothing_AsGzip_LeavesTheGroup(bool isChunked)
    {
        using var first = await server.SendAsync(HttpMethod.Put, "/metrics/job/kept", "kept 1\n");
        using var reply = await SendAsync("/metrics/job/kept", [], isChunked);
        Assert.Equal(HttpStatusCode.BadRequest, reply.StatusCode);
        Assert.Equal(1, await CountAsync("kept"));
    }

    [Theory]
    [InlineData(Push)]
    [InlineData(Otlp)]
    public async Task Body_ThatUnpacksToMoreThanTheBound_IsRefused(string path)
    {
        using var reply = await SendAsync(path, PushgatewayCall.Pack(new string('\n', 40 << 20)));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, reply.StatusCode);
        // As many members as there are, each small.
        byte[] member = PushgatewayCall.Pack(new string('\n', 4 << 20));
        using var again = await SendAsync(path, [.. Enumerable.Repeat(member, 10).SelectMany(m => m)]);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, again.StatusCode);
    }

    private static byte[] Changed(string kind, string text)
    {
        byte[] packed = PushgatewayCall.Pack(text);
        return kind switch
        {
            "whole" => packed,
            "two members" => [.. PushgatewayCall.Pack(text[..1]), .. PushgatewayCall.Pack(text[1..])],
            "junk behind it" => [.. packed, .. "junk"u8],
            "cut in the data" => packed[..(packed.Length / 2)],
            "cut in the check sum" => packed[..^6],
            "cut in the second member" => [.. packed, .. packed[..12]],
            "wrong check sum" => [.. packed[..^8], (byte)(packed[^8] ^ 1), .. packed[^7..]],
            "wrong length" => [.. packed[..^1], 9],
            "not gzip" => System.Text.Encoding.UTF8.GetBytes(text),
            _ => [],
        };
    }

    private static string OtlpText(string name) =>
        $$$"""{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"{{{name}}}","gauge":{"dataPoints":[{"timeUnixNano":"{{{TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()}}}000000","asInt":5}]}}]}]}]}""";

    private async Task<int> CountAsync(string name) => (await server.JsonAsync("/api/v1/query?query=" + name)).Answer.GetProperty("data").GetProperty("result").GetArrayLength();

    private Task<HttpResponseMessage> SendAsync(string path, byte[] body, bool isChunked = false) => server.SendAsync(path == Otlp ? HttpMethod.Post : HttpMethod.Put, path, "", request =>
    {
        request.Content = isChunked ? new StreamContent(new ChunkedStream(body)) : new ByteArrayContent(body);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(path == Otlp ? "application/json" : "text/plain");
        request.Content.Headers.ContentEncoding.Add("gzip");
    });

    // Of unknown length.
    private sealed class ChunkedStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
