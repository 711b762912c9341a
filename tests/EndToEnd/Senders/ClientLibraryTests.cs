using System.Globalization;
using System.Text.Json;
using Streamline.EndToEnd.Running;

namespace Streamline.EndToEnd.Senders;

/// <summary>Client libraries are scraped by the built program in both text formats, and push to its Pushgateway API.</summary>
public sealed class ClientLibraryTests
{
    // Asked with a selector of the job in place of $; P is the library's prefix.
    private static readonly (string Promql, double Value)[] Values =
    [
        ("P_requests_total{path='/\"a\"\\\\b',$}", 3),
        ("P_size_bytes{$}", 1.5e10),
        ("P_wait_seconds_bucket{le='0.1',$}", 1),
        ("P_wait_seconds_bucket{le='1.0',$}", 2),
        ("P_wait_seconds_bucket{le='10.0',$}", 2),
        ("P_wait_seconds_bucket{le='+Inf',$}", 3),
        ("P_wait_seconds_sum{$}", 20.55),
        ("P_wait_seconds_count{$}", 3),
    ];

    private static readonly (string Promql, double Value)[] OwnValues =
    [
        ("js_taken_seconds{quantile='0.5',$}", 50.5),
        ("js_taken_seconds{quantile='0.99',$}", 99.5),
        ("js_taken_seconds_sum{$}", 5050),
        ("py_taken_seconds_sum{$}", 2.5),
        ("py_build_info{version='1',$}", 1),
        ("py_state{py_state='up',$}", 0),
        ("py_state{py_state='down',$}", 1),
    ];

    [Theory]
    [InlineData("js")]
    [InlineData("py")]
    public async Task Scraped_InBothFormats(string prefix)
    {
        var library = ClientLibrary.Of(prefix);
        library.SkipIfMissing();
        await using var client = library.Serve();
        using var folder = new TemporaryFolder();
        string address = await client.FirstLineAsync();
        await using var server = await ServerProcess.StartAsync(folder.File("p.yml", Scrapes(address, prefix)), Path.Combine(folder.Path, "data"), "--enable-feature=exemplar-storage");
        await Eventually.GetAsync(() => server.NumberAsync("count(up == 1)"), n => n == 2, $"both scrapes; the log: {server.Log}");
        foreach (string job in (string[])["text", "openmetrics"]) await HasValuesAsync(server, prefix, $"job='{job}'");
        await HasMetadataAsync(server, prefix);
        var exemplars = await Eventually.GetAsync(() => server.DataAsync($"/api/v1/query_exemplars?query={prefix}_wait_seconds_bucket&start=0&end=4e9"), data => data.GetArrayLength() > 0, "exemplars");
        var traces = exemplars.EnumerateArray().SelectMany(s => s.GetProperty("exemplars").EnumerateArray()).Select(e => (e.GetProperty("labels").GetProperty("trace_id").GetString(), e.GetProperty("value").GetString())).Order();
        Assert.Equal([(prefix + "0.05", "0.05"), (prefix + "0.5", "0.5"), (prefix + "20", "20")], traces);
    }

    [Theory]
    [InlineData("js")]
    [InlineData("py")]
    public async Task Pushed_Added_Deleted(string prefix)
    {
        var library = ClientLibrary.Of(prefix);
        library.SkipIfMissing();
        using var folder = new TemporaryFolder();
        await using var server = await ServerProcess.StartAsync(folder.File("p.yaml", "pipelines: {pushed: {sources: [{push: {}}]}}\n"), Path.Combine(folder.Path, "data"));
        await library.PushAsync(server.Url);
        string group = $"job='{prefix}-batch',host='a/b'";
        await HasValuesAsync(server, prefix, group);
        Assert.Equal(7, await server.NumberAsync($"{prefix}_more{{{group}}}"));
        Assert.True(double.IsNaN(await server.NumberAsync($"{{job='{prefix}-gone'}}")));
        Assert.Equal(1, await server.NumberAsync($"time() - push_time_seconds{{{group}}} < bool 60"));
        Assert.Equal(0, await server.NumberAsync($"push_failure_time_seconds{{{group}}}"));
        await HasMetadataAsync(server, prefix);
    }

    private static string Scrapes(string address, string prefix) => $$"""
        global: {scrape_interval: 1s}
        scrape_configs:
          - job_name: text
            scrape_protocols: [PrometheusText0.0.4]
            static_configs: [{targets: ['{{address}}']}]
          - job_name: openmetrics
            metrics_path: {{(prefix == "js" ? "/openmetrics" : "/metrics")}}
            scrape_protocols: [OpenMetricsText1.0.0]
            static_configs: [{targets: ['{{address}}']}]
        """;

    private static async Task HasValuesAsync(ServerProcess server, string prefix, string selector)
    {
        foreach (var (promql, value) in Values.Concat(OwnValues.Where(v => v.Promql.StartsWith(prefix, StringComparison.Ordinal))))
        {
            string asked = promql.Replace("P_", prefix + "_", StringComparison.Ordinal).Replace("$", selector, StringComparison.Ordinal);
            double found = await server.NumberAsync(asked);
            Assert.True(found == value, string.Create(CultureInfo.InvariantCulture, $"{asked} is {found}, not {value}"));
        }
    }

    // One library calls the family of a counter by its sample's name in OpenMetrics too, the other does not.
    private static async Task HasMetadataAsync(ServerProcess server, string prefix)
    {
        JsonElement metadata = await server.DataAsync("/api/v1/metadata");
        var requests = metadata.EnumerateObject().Where(f => f.Name.StartsWith(prefix + "_requests", StringComparison.Ordinal)).SelectMany(f => f.Value.EnumerateArray()).ToList();
        Assert.Contains(requests, m => m.GetProperty("type").GetString() == "counter" && m.GetProperty("help").GetString() == "Requests.\nTwo lines.");
        Assert.Equal("histogram", metadata.GetProperty(prefix + "_wait_seconds")[0].GetProperty("type").GetString());
    }
}
