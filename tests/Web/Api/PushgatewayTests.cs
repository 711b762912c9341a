using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Streamline.Web.Tests.Api;

/// <summary>The same calls to us and to Debian's Pushgateway: the same status codes, and the same groups in the query API.</summary>
public sealed class PushgatewayTests(PushFixture server) : IClassFixture<PushFixture>, IAsyncLifetime
{
    private readonly HttpClient _http = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("streamline-pgw-");
    private Process? _gateway;
    private Uri _url = new("http://127.0.0.1");

    [Fact]
    public async Task SameCalls_SameAnswers_SameGroups()
    {
        foreach (var call in PushgatewayCalls.Same)
        {
            using var theirs = await SendAsync(_url, call);
            using var ours = await SendAsync(server.Url, call);
            string told = $"{call}: {await theirs.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)} / {await ours.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)}";
            Assert.True(theirs.StatusCode == ours.StatusCode, $"{(int)theirs.StatusCode} {(int)ours.StatusCode} {told}");
        }
        Assert.Equal(await GroupsAsync(_url), await GroupsAsync(server.Url));
        foreach (var url in (Uri[])[_url, server.Url])
        {
            using var wiped = await SendAsync(url, new("PUT", "/api/v1/admin/wipe"));
            Assert.Equal(HttpStatusCode.Accepted, wiped.StatusCode);
        }
        // The Pushgateway wipes after it has answered.
        while (await GroupsAsync(_url) != "[]") await Task.Delay(10, TestContext.Current.CancellationToken);
        Assert.Equal("[]", await GroupsAsync(server.Url));
    }

    [Fact]
    public async Task KnownDifferences_AreAsWrittenDown()
    {
        foreach (var (call, expected, why) in PushgatewayCalls.Different)
        {
            using var theirs = await SendAsync(_url, call);
            using var ours = await SendAsync(server.Url, call);
            Assert.True(expected == ((int)theirs.StatusCode, (int)ours.StatusCode), $"{call}: {(int)theirs.StatusCode} {(int)ours.StatusCode}, although: {why}");
        }
        // The server is the other test's too.
        using var wiped = await SendAsync(server.Url, new("PUT", "/api/v1/admin/wipe"));
        Assert.Equal(HttpStatusCode.Accepted, wiped.StatusCode);
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

    private Task<HttpResponseMessage> SendAsync(Uri url, PushgatewayCall call)
    {
        var address = new Uri(url.GetLeftPart(UriPartial.Authority) + call.Path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        var content = new ByteArrayContent(call.Bytes);
        content.Headers.TryAddWithoutValidation("Content-Type", call.Type);
        if (call.Encoding.Length > 0) content.Headers.TryAddWithoutValidation("Content-Encoding", call.Encoding);
        return _http.SendAsync(new HttpRequestMessage(new HttpMethod(call.Method), address) { Content = content }, TestContext.Current.CancellationToken);
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
