using System.Globalization;
using System.Text;
using System.Text.Json;
using Streamline.EndToEnd.Running;
using Streamline.Pipeline.Tests.Exposition;

namespace Streamline.EndToEnd.Scrape;

/// <summary>Every rule of OpenMetrics is a target of Debian's Prometheus (2.42) and of the built program: a body that one refuses the other refuses too.</summary>
public sealed class OpenMetricsPeerTests
{
    private const string Program = "/usr/bin/prometheus";

    [Fact]
    public async Task EveryRule_OneJudgement()
    {
        Assert.SkipUnless(File.Exists(Program), "Debian's prometheus is not installed");
        using var folder = new TemporaryFolder();
        var rules = OpenMetricsRules.All;
        await using var exporter = await Exporter.StartAsync([.. rules.Select((r, i) => (Path(i), "application/openmetrics-text; version=1.0.0; charset=utf-8", (Func<int, byte[]>)(_ => Encoding.UTF8.GetBytes(r.Body))))]);
        string theirs = Ports.FreeAddress(), config = folder.File("prometheus.yml", Config(exporter.Address, rules.Count));
        await using var prometheus = ClientProcess.Start(Program, "--config.file=" + config, "--storage.tsdb.path=" + System.IO.Path.Combine(folder.Path, "theirs"), "--web.listen-address=" + theirs);
        await using var server = await ServerProcess.StartAsync(config, System.IO.Path.Combine(folder.Path, "data"));
        using var peer = new HttpClient { BaseAddress = new Uri($"http://{theirs}/") };
        var ours = await TargetsAsync(server.Url, rules.Count);
        var peers = await TargetsAsync(peer.BaseAddress, rules.Count);
        for (int i = 0; i < rules.Count; i++)
        {
            var (rule, verdict, body) = rules[i];
            bool taken = verdict != OpenMetricsVerdict.Bad;
            // Without a byte there is nothing to parse: a good scrape of nothing, to Prometheus since 3.
            Assert.True(ours[i].IsUp == (taken || body.Length == 0), $"{rule}: here {ours[i].Error}");
            // What later versions began to take Debian's must refuse, else the table is wrong.
            Assert.True(peers[i].IsUp == (taken && verdict != OpenMetricsVerdict.TakenLater), $"{rule}: Prometheus 2.42 says \"{peers[i].Error}\"");
        }
    }

    private static string Path(int rule) => "/" + rule.ToString(CultureInfo.InvariantCulture);

    private static string Config(string target, int rules)
    {
        var config = new StringBuilder("global: {scrape_interval: 2s}\nscrape_configs:\n");
        for (int i = 0; i < rules; i++) config.Append(CultureInfo.InvariantCulture, $"- {{job_name: '{i}', metrics_path: '{Path(i)}', static_configs: [{{targets: ['{target}']}}]}}\n");
        return config.ToString();
    }

    // By the number of their rule, once each was scraped.
    private static async Task<(bool IsUp, string Error)[]> TargetsAsync(Uri server, int count)
    {
        using var http = new HttpClient { BaseAddress = server };
        var targets = await Eventually.GetAsync(() => AskAsync(http), list => list.Count == count && list.All(t => t.GetProperty("health").GetString() != "unknown"), "a scrape of every target", 60);
        return [.. targets.OrderBy(t => int.Parse(t.GetProperty("labels").GetProperty("job").GetString()!, CultureInfo.InvariantCulture))
            .Select(t => (t.GetProperty("health").GetString() == "up", t.GetProperty("lastError").GetString()!))];
    }

    private static async Task<List<JsonElement>> AskAsync(HttpClient http)
    {
        try
        {
            using var document = JsonDocument.Parse(await http.GetStringAsync(new Uri("api/v1/targets", UriKind.Relative)));
            return [.. document.RootElement.GetProperty("data").GetProperty("activeTargets").EnumerateArray().Select(t => t.Clone())];
        }
        catch (HttpRequestException)
        {
            return [];
        }
    }
}
