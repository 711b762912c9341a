using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Streamline.Web.Tests.Api;

/// <summary>A server with the OTLP receiver switched on by its flag.</summary>
public sealed class OtlpFixture : ApiFixture
{
    protected override IReadOnlyList<string> MoreFlags => ["--web.enable-otlp-receiver"];
}

/// <summary>OTLP over HTTP: where it is, what encodings it takes, how it answers.</summary>
public sealed class OtlpApiTests(OtlpFixture server) : IClassFixture<OtlpFixture>
{
    private const string Path = "/api/v1/otlp/v1/metrics";

    private static byte[] Request(string name) => Encoding.UTF8.GetBytes(
        $$$"""{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"{{{name}}}","gauge":{"dataPoints":[{"timeUnixNano":"{{{TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()}}}000000","asInt":5}]}}]}]}]}""");

    [Theory]
    [InlineData("", "plain")]
    [InlineData("gzip", "packed")]
    public async Task Metrics_AreStored(string encoding, string name)
    {
        using var reply = await PostAsync(encoding == "gzip" ? PushgatewayCall.Pack(Encoding.UTF8.GetString(Request(name))) : Request(name), encoding);
        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        Assert.Empty(await reply.Content.ReadAsByteArrayAsync());
        var (_, answer) = await server.JsonAsync("/api/v1/query?query=" + name);
        Assert.Equal("5", answer.GetProperty("data").GetProperty("result")[0].GetProperty("value")[1].GetString());
    }

    [Fact]
    public async Task OtherEncodings_AreRefused() => Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await PostAsync([1], "br")).StatusCode);

    private Task<HttpResponseMessage> PostAsync(byte[] body, string encoding) => server.SendAsync(HttpMethod.Post, Path, "", request =>
    {
        request.Content = new ByteArrayContent(body);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        if (encoding.Length > 0) request.Content.Headers.ContentEncoding.Add(encoding);
    });
}
