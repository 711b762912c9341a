using System.Globalization;
using System.Text;
using System.Text.Json;
using Streamline.EndToEnd.Running;
using Streamline.Pipeline.Tests.Exposition;

namespace Streamline.EndToEnd.Senders;

/// <summary>
/// Debian's Prometheus (2.42) scrapes every format and writes on to the built program by remote write 1.0, which is killed in between: whatever the sender has,
/// the receiver has too: floats, native histograms, exemplars, metadata, stale markers.
/// </summary>
public sealed class PrometheusTests
{
    private const string Program = "/usr/bin/prometheus";
    private const string All = "{job=~\"text|openmetrics|protobuf\"}[1h]";

    [Fact]
    public async Task RemoteWrite_ThroughAKill_HoldsWhatTheSenderHolds()
    {
        Assert.SkipUnless(File.Exists(Program), "Debian's prometheus is not installed");
        using var folder = new TemporaryFolder();
        string ours = Ports.FreeAddress(), theirs = Ports.FreeAddress(), config = folder.File("p.yaml", ""), data = Path.Combine(folder.Path, "data");
        string[] flags = ["--web.enable-remote-write-receiver", "--enable-feature=exemplar-storage"];
        var exporter = await StartExporterAsync();
        await using var _ = exporter;
        await using var prometheus = ClientProcess.Start(Program, "--config.file=" + folder.File("prometheus.yml", Config(ours, exporter.Address)), "--storage.tsdb.path=" + Path.Combine(folder.Path, "theirs"), "--web.listen-address=" + theirs, "--enable-feature=native-histograms,exemplar-storage");
        using var peer = new HttpClient { BaseAddress = new Uri($"http://{theirs}/") };
        await using (var server = await ServerProcess.StartAtAsync(ours, config, data, flags))
        {
            await Eventually.GetAsync(() => server.NumberAsync("min(count_over_time({__name__=~\"seq_total|seq_om_total|seq_proto_total\"}[1h]))"), n => n >= 3, "three samples of each target");
            await server.KillAsync();
        }
        await using var again = await ServerProcess.StartAtAsync(ours, config, data, flags);
        double before = await again.NumberAsync("count_over_time(seq_total[1h])");
        await Eventually.GetAsync(() => again.NumberAsync("count_over_time(seq_total[1h])"), n => n >= before + 3, "samples after the kill");
        await exporter.DisposeAsync();
        await Eventually.GetAsync(() => again.NumberAsync("sum(up)"), n => n == 0, "the end of the targets");
        double at = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0;
        var expected = await SeriesAsync(peer, All, at);
        await Eventually.GetAsync(async () => Difference(expected, await SeriesAsync(again, All, at)), difference => difference.Length == 0, "what the sender holds");
        Assert.Contains(expected.Keys, key => key.Contains("\"native_seconds\"", StringComparison.Ordinal) && expected[key].Contains("buckets", StringComparison.Ordinal));
        // Stale markers came too: the series are gone at once, not after the lookback.
        Assert.True(double.IsNaN(await again.NumberAsync("count({__name__=~\"seq_.*total|native_seconds\"})")));
        await SameExemplarsAsync(peer, again, at);
        await SameMetadataAsync(peer, again);
    }

    // Samples dated before its start the sender leaves to the one that it was before, so this target's own time is ahead.
    private static Task<Exporter> StartExporterAsync() => Exporter.StartAsync(
        ("/text", "text/plain; version=0.0.4", n => Encoding.UTF8.GetBytes($"# HELP seq_total Scrapes so far.\n# TYPE seq_total counter\nseq_total {n}\nodd{{what=\"nan\"}} NaN\nodd{{what=\"inf\"}} +Inf\nodd{{what=\"é \\\"q\\\" \\\\\"}} {Text(n * 0.1)}\nown_time 7 {1_000 * (TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + 1)}\n")),
        ("/openmetrics", "application/openmetrics-text; version=1.0.0", n => Encoding.UTF8.GetBytes($"# HELP seq_om Scrapes so far.\n# TYPE seq_om counter\nseq_om_total {n} # {{trace_id=\"t{n}\"}} {n}\n# TYPE h_seconds histogram\n# UNIT h_seconds seconds\nh_seconds_bucket{{le=\"1.0\"}} {n} # {{trace_id=\"b{n}\"}} 0.5\nh_seconds_bucket{{le=\"+Inf\"}} {2 * n}\nh_seconds_count {2 * n}\nh_seconds_sum {3 * n}\n# EOF\n")),
        ("/protobuf", "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited", n => [.. Proto.Family("seq_proto_total", 0, Proto.Counter(n)).Delimited, .. Proto.Family("native_seconds", 4, Proto.Metric(7, Native((ulong)n), "path=/x")).Delimited]));

    // Growing like a real one: a zero bucket, three positive buckets in two spans, a negative one.
    private static Proto Native(ulong n) => new Proto().Number(1, 8 * n).Double(2, 12.5 * n).Signed(5, 3).Double(6, 0.001).Number(7, n)
        .Message(12, Proto.Span(-1, 2)).Message(12, Proto.Span(1, 1)).Deltas(13, 2 * (long)n, -(long)n, (long)n).Message(9, Proto.Span(0, 1)).Deltas(10, 2 * (long)n);

    private static string Config(string ours, string target) => $$"""
        global: {scrape_interval: 1s}
        scrape_configs:
          - {job_name: text, metrics_path: /text, static_configs: [{targets: ['{{target}}']}]}
          - {job_name: openmetrics, metrics_path: /openmetrics, static_configs: [{targets: ['{{target}}']}]}
          - {job_name: protobuf, metrics_path: /protobuf, static_configs: [{targets: ['{{target}}']}]}
        remote_write:
          - url: http://{{ours}}/api/v1/write
            send_exemplars: true
            send_native_histograms: true
            queue_config: {batch_send_deadline: 200ms, max_backoff: 500ms}
            metadata_config: {send: true, send_interval: 1s}
        """;

    private static async Task<Dictionary<string, string>> SeriesAsync(HttpClient peer, string promql, double at)
    {
        using var document = JsonDocument.Parse(await peer.GetStringAsync(new Uri($"api/v1/query?query={Uri.EscapeDataString(promql)}&time={Text(at)}", UriKind.Relative)));
        return Series(document.RootElement.GetProperty("data").GetProperty("result"));
    }

    private static async Task<Dictionary<string, string>> SeriesAsync(ServerProcess server, string promql, double at) => Series(await server.QueryAsync(promql, at));

    private static Dictionary<string, string> Series(JsonElement result) => result.EnumerateArray().ToDictionary(
        s => string.Join(',', s.GetProperty("metric").EnumerateObject().OrderBy(l => l.Name, StringComparer.Ordinal).Select(l => $"{l.Name}={l.Value}")).Insert(0, $"\"{s.GetProperty("metric").GetProperty("__name__")}\" "),
        s => string.Join('\n', ((string[])["values", "histograms"]).SelectMany(kind => s.TryGetProperty(kind, out var points) ? points.EnumerateArray().Select(p => $"{Text(p[0].GetDouble())} {p[1].GetRawText()}") : [])));

    private static string Difference(Dictionary<string, string> expected, Dictionary<string, string> actual)
    {
        foreach (var (series, samples) in expected)
        {
            if (!actual.TryGetValue(series, out string? found)) return $"{series} is missing";
            if (found != samples) return $"{series}: {samples} there, {found} here";
        }
        return actual.Keys.FirstOrDefault(series => !expected.ContainsKey(series)) ?? "";
    }

    private static async Task SameExemplarsAsync(HttpClient peer, ServerProcess server, double at)
    {
        string path = $"api/v1/query_exemplars?query={Uri.EscapeDataString("{job=\"openmetrics\"}")}&start={Text(at - 3600)}&end={Text(at)}";
        using var document = JsonDocument.Parse(await peer.GetStringAsync(new Uri(path, UriKind.Relative)));
        string expected = Exemplars(document.RootElement.GetProperty("data"));
        Assert.Contains("trace_id", expected, StringComparison.Ordinal);
        await Eventually.GetAsync(async () => Exemplars(await server.DataAsync("/" + path)), found => found == expected, $"the sender's exemplars {expected}");
    }

    private static string Exemplars(JsonElement data) => string.Join('\n', data.EnumerateArray()
        .SelectMany(s => s.GetProperty("exemplars").EnumerateArray().Select(e => $"{s.GetProperty("seriesLabels").GetProperty("__name__")} {e.GetProperty("labels").GetRawText()} {e.GetProperty("value")} {Text(e.GetProperty("timestamp").GetDouble())}"))
        .Order(StringComparer.Ordinal));

    private static async Task SameMetadataAsync(HttpClient peer, ServerProcess server)
    {
        var found = await Eventually.GetAsync(() => server.DataAsync("/api/v1/metadata"), data => data.TryGetProperty("seq_total", out _), "metadata");
        Assert.Equal("[{\"type\":\"counter\",\"help\":\"Scrapes so far.\",\"unit\":\"\"}]", found.GetProperty("seq_total").GetRawText());
    }

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
