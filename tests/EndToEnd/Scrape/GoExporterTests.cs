using Streamline.EndToEnd.Running;

namespace Streamline.EndToEnd.Scrape;

/// <summary>
/// Go's client library on the other side (Debian's Pushgateway, which exposes whatever was pushed to it) answers protobuf and text: the built program stores the
/// same series from both.
/// </summary>
public sealed class GoExporterTests
{
    private const string Program = "/usr/bin/prometheus-pushgateway";

    private const string Pushed = """
        # HELP jobs_total Jobs.\nTwo lines, a \\ and "quotes".
        # TYPE jobs_total counter
        jobs_total{path="/a\"b\\c\nd",zone="日本"} 12345678901
        jobs_total{path="",zone="x"} 1e-7
        # TYPE level gauge
        level{kind="nan"} NaN
        level{kind="up"} +Inf
        level{kind="down"} -Inf
        level{kind="odd"} 0.1234567890123456
        # TYPE wait_seconds histogram
        wait_seconds_bucket{le="0.1"} 1
        wait_seconds_bucket{le="1"} 2
        wait_seconds_bucket{le="1e+06"} 3
        wait_seconds_bucket{le="+Inf"} 4
        wait_seconds_sum 1.5e6
        wait_seconds_count 4
        # TYPE taken_seconds summary
        taken_seconds{quantile="0.5"} 1
        taken_seconds{quantile="1"} 2.5
        taken_seconds_sum 3.5
        taken_seconds_count 2
        untold 7

        """;

    [Fact]
    public async Task BothFormats_GiveTheSameSeries()
    {
        Assert.SkipUnless(File.Exists(Program), "Debian's prometheus-pushgateway is not installed");
        using var folder = new TemporaryFolder();
        string address = Ports.FreeAddress();
        await using var gateway = ClientProcess.Start(Program, "--web.listen-address=" + address, "--log.level=error", "--persistence.file=" + Path.Combine(folder.Path, "pushed"));
        await PushAsync(address);
        await using var server = await ServerProcess.StartAsync(folder.File("p.yml", Config(address)), Path.Combine(folder.Path, "data"));
        await Eventually.GetAsync(() => server.NumberAsync("count(count by (format) (jobs_total))"), n => n == 2, "a scrape in each format");
        var text = await SeriesAsync(server, "text");
        Assert.Equal("12345678901", text["__name__=jobs_total,job=batch,path=/a\"b\\c\nd,zone=日本"]);
        Assert.Equal("3", text["__name__=wait_seconds_bucket,job=batch,le=1e+06"]);
        Assert.Equal(text, await SeriesAsync(server, "protobuf"));
        // The gateway exposes an empty instance, which takes the target's away.
        Assert.DoesNotContain(text.Keys, key => key.Contains("instance=", StringComparison.Ordinal));
        // The exporter's own metrics move from scrape to scrape: their series are the same.
        string[] formats = ["text", "protobuf"];
        double[] own = await Task.WhenAll(formats.Select(f => server.NumberAsync($"count({{format='{f}',__name__=~'(go|process|pushgateway)_.+'}})")));
        Assert.True(own[0] > 30 && own.All(n => n == own[0]), string.Join(' ', own));
        Assert.Equal(0, await server.NumberAsync("count(up == 0) or vector(0)"));
        var metadata = await server.DataAsync("/api/v1/metadata?metric=jobs_total");
        Assert.Equal(["counter Jobs.\nTwo lines, a \\ and \"quotes\"."], metadata.GetProperty("jobs_total").EnumerateArray().Select(m => $"{m.GetProperty("type").GetString()} {m.GetProperty("help").GetString()}").Distinct());
    }

    private static async Task PushAsync(string address)
    {
        using var http = new HttpClient();
        await Eventually.GetAsync(
            async () =>
            {
                try
                {
                    using var body = new StringContent(Pushed);
                    using var answer = await http.PutAsync($"http://{address}/metrics/job/batch", body);
                    return (int)answer.StatusCode;
                }
                catch (HttpRequestException)
                {
                    return 0;
                }
            },
            status => status == 200, "the gateway's answer to a push");
    }

    private static string Config(string address) => $$"""
        global: {scrape_interval: 1s}
        scrape_configs:
          - job_name: text
            honor_labels: true
            scrape_protocols: [PrometheusText0.0.4]
            static_configs: [{targets: ['{{address}}'], labels: {format: text} }]
          - job_name: protobuf
            honor_labels: true
            scrape_protocols: [PrometheusProto]
            static_configs: [{targets: ['{{address}}'], labels: {format: protobuf} }]
        """;

    // What was pushed, by its labels without the format's.
    private static async Task<Dictionary<string, string>> SeriesAsync(ServerProcess server, string format) =>
        (await server.QueryAsync($"{{job='batch',format='{format}',__name__!~'push_.+'}}")).EnumerateArray().ToDictionary(
            s => string.Join(',', s.GetProperty("metric").EnumerateObject().Where(l => l.Name != "format").Select(l => $"{l.Name}={l.Value}")),
            s => s.GetProperty("value")[1].GetString()!);
}
