using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Streamline.Web.Tests.Api;

/// <summary>The same calls to us and to Debian's Pushgateway: the same status codes, and the same groups in the query API.</summary>
public sealed class PushgatewayTests(PushFixture server) : IClassFixture<PushFixture>, IAsyncLifetime
{
    private const string Histogram = "# TYPE h histogram\n# HELP h Help.\nh_bucket{le=\"1\"} 1\nh_bucket{le=\"+Inf\"} 2\nh_sum 3.5\nh_count 2\n";
    private const string Summary = "# TYPE s summary\ns{quantile=\"0.5\"} 1\ns_sum 2\ns_count 3\n";

    // Method, path, body. What earlier calls left matters to later ones.
    private static readonly (string Method, string Path, string Body)[] Calls =
    [
        ("PUT", "/metrics/job/j/x/y", "# TYPE c counter\n# HELP c Counts.\nc{a=\"1\"} 2\nu 5\n" + Histogram + Summary),
        ("POST", "/metrics/job/j/x/y", "u 6\nlarge 1e7\n"),
        ("POST", "/metrics/job/k", "# TYPE c gauge\nc 1\n"),
        ("POST", "/metrics/job/k", "c{a=\"1\"} 1 1700000000000\n"),
        ("POST", "/metrics/job/j", "shared{x=\"y\"} 1\n"),
        ("POST", "/metrics/job/j/x/y", "shared 1\n"),
        ("POST", "/metrics/job/k", "h_count 1\n"),
        ("POST", "/metrics/job/k", "# TYPE h_sum gauge\nh_sum 1\n"),
        ("POST", "/metrics/job/k2", "s_count 1\n"),
        ("POST", "/metrics/job/k3", "# TYPE u summary\nu_sum 1\nu_count 1\n"),
        ("POST", "/metrics/job/unread", "a 1"),
        ("POST", "/metrics/job/unread", "a{ 1\n"),
        ("PUT", "/metrics/job/empty", ""),
        ("POST", "/metrics/job/own", "push_time_seconds 1\n"),
        ("PUT", "/metrics/job/own", "a{job=\"other\"} 1\n"),
        ("POST", "/metrics/job/dup", "x 1\nx 2\n"),
        ("POST", "/metrics/job@base64/YS9i/n@base64/=", "b 1\n"),
        ("POST", "/metrics/job@base64/=", "x 1\n"),
        ("POST", "/metrics/job/a/b", "x 1\n"),
        ("POST", "/metrics/job/a/__b/c", "x 1\n"),
        ("POST", "/metrics/job/a/b-c/d", "x 1\n"),
        ("POST", "/metrics/job@base64/%21", "x 1\n"),
        ("PUT", "/metrics/job/gone", "g 1\n"),
        ("DELETE", "/metrics/job/gone", ""),
        ("DELETE", "/metrics/job/never", ""),
        ("POST", "/metrics/job/nan", "n NaN\ni +Inf\nm -Inf\n"),
    ];

    private readonly HttpClient _http = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("streamline-pgw-");
    private Process? _gateway;
    private Uri _url = new("http://127.0.0.1");

    [Fact]
    public async Task SameCalls_SameAnswers_SameGroups()
    {
        foreach (var (method, path, body) in Calls)
        {
            using var theirs = await SendAsync(_url, method, path, body);
            using var ours = await SendAsync(server.Url, method, path, body);
            string told = $"{method} {path}: {await theirs.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)} / {await ours.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)}";
            Assert.True(theirs.StatusCode == ours.StatusCode, $"{(int)theirs.StatusCode} {(int)ours.StatusCode} {told}");
        }
        Assert.Equal(await GroupsAsync(_url), await GroupsAsync(server.Url));
        foreach (var url in (Uri[])[_url, server.Url])
        {
            using var wiped = await SendAsync(url, "PUT", "/api/v1/admin/wipe", "");
            Assert.Equal(HttpStatusCode.Accepted, wiped.StatusCode);
        }
        // The Pushgateway wipes after it has answered.
        while (await GroupsAsync(_url) != "[]") await Task.Delay(10, TestContext.Current.CancellationToken);
        Assert.Equal("[]", await GroupsAsync(server.Url));
    }

    public async ValueTask InitializeAsync()
    {
        const string program = "/usr/bin/prometheus-pushgateway";
        if (!File.Exists(program)) Assert.Skip("no prometheus-pushgateway on this machine (tests/run installs it)");
        int port = FreePort();
        _url = new Uri($"http://127.0.0.1:{port}");
        _gateway = Process.Start(new ProcessStartInfo(program, ["--web.enable-admin-api", $"--web.listen-address=127.0.0.1:{port}", "--persistence.file=" + Path.Combine(_folder.FullName, "store")])
        {
            RedirectStandardError = true,
            WorkingDirectory = _folder.FullName,
        })!;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!await IsReadyAsync()) await Task.Delay(20, patience.Token);
    }

    public ValueTask DisposeAsync()
    {
        _gateway?.Kill();
        _gateway?.WaitForExit();
        _gateway?.Dispose();
        _http.Dispose();
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    private async Task<bool> IsReadyAsync()
    {
        try
        {
            using var reply = await _http.GetAsync(new Uri(_url, "/-/ready"));
            return reply.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private Task<HttpResponseMessage> SendAsync(Uri url, string method, string path, string body)
    {
        var address = new Uri(url.GetLeftPart(UriPartial.Authority) + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        return _http.SendAsync(new HttpRequestMessage(new HttpMethod(method), address) { Content = new StringContent(body, Encoding.UTF8, "text/plain") }, TestContext.Current.CancellationToken);
    }

    // Sorted, without times and without what is ours or theirs alone: the empty instance label, help texts of the own gauges.
    private async Task<string> GroupsAsync(Uri url)
    {
        var answer = JsonNode.Parse(await _http.GetStringAsync(new Uri(url, "/api/v1/metrics"), TestContext.Current.CancellationToken))!;
        var groups = answer["data"]!.AsArray().Select(g => Sorted(g!)!.ToJsonString(new JsonSerializerOptions { WriteIndented = true })).Order(StringComparer.Ordinal).ToList();
        return groups.Count == 0 ? "[]" : string.Join('\n', groups);
    }

    private static JsonNode? Sorted(JsonNode? node, string name = "")
    {
        if (node is JsonArray list) return new JsonArray([.. list.Select(i => Sorted(i)).OrderBy(i => i!.ToJsonString(), StringComparer.Ordinal)]);
        if (node is not JsonObject members) return node?.DeepClone();
        bool isOwn = name is "push_time_seconds" or "push_failure_time_seconds";
        var sorted = new JsonObject();
        foreach (var (key, value) in members.OrderBy(m => m.Key, StringComparer.Ordinal))
        {
            if (key == "time_stamp" || name == "labels" && key == "instance" || isOwn && key is "help") continue;
            sorted[key] = isOwn && key == "metrics" ? value![0]!["value"]!.GetValue<string>() != "0" : Sorted(value, key);
        }
        return sorted;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

/// <summary>A server of its own, so that no other test's groups are in the way.</summary>
public sealed class PushFixture : ApiFixture
{
    protected override IReadOnlyList<string> MoreFlags => ["--web.enable-admin-api"];

    protected override string FirstBody => "";
}
