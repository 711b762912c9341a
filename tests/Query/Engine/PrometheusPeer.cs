using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Streamline.Query.Tests.Engine;

/// <summary>Debian's Prometheus (2.42) over a directory, while a test asks it.</summary>
internal sealed class PrometheusPeer : IAsyncDisposable
{
    private const string Program = "/usr/bin/prometheus";

    private readonly Process _process;
    private readonly HttpClient _http;

    private PrometheusPeer(Process process, HttpClient http) => (_process, _http) = (process, http);

    public static void SkipIfMissing() => Assert.SkipUnless(File.Exists(Program), "prometheus is not installed (apt install prometheus)");

    public static async Task<PrometheusPeer> StartAsync(string folder, long lookbackMs)
    {
        int port = FreePort();
        string file = Path.Combine(folder, "prometheus.yml");
        await File.WriteAllTextAsync(file, "global: {evaluation_interval: 20s}\n");
        var start = new ProcessStartInfo(Program) { RedirectStandardError = true };
        foreach (string argument in (string[])[$"--config.file={file}", $"--storage.tsdb.path={folder}", $"--web.listen-address=127.0.0.1:{port}", $"--query.lookback-delta={lookbackMs / 1000}s", "--storage.tsdb.retention.time=100y", "--enable-feature=native-histograms"])
            start.ArgumentList.Add(argument);
        var process = Process.Start(start)!;
        _ = process.StandardError.ReadToEndAsync();
        var peer = new PrometheusPeer(process, new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/") });
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!await peer.IsReadyAsync(limit.Token)) await Task.Delay(50, limit.Token);
        return peer;
    }

    /// <summary>The series of a range query as the API gives them, or its error.</summary>
    public async Task<(IReadOnlyList<JsonElement> Series, string? Error)> RangeAsync(string query, long startMs, long endMs, long stepMs)
    {
        using var form = new FormUrlEncodedContent([new("query", query), new("start", Seconds(startMs)), new("end", Seconds(endMs)), new("step", Seconds(stepMs))]);
        using var reply = await _http.PostAsync(new Uri("api/v1/query_range", UriKind.Relative), form);
        using var document = JsonDocument.Parse(await reply.Content.ReadAsStringAsync());
        if (document.RootElement.TryGetProperty("error", out var error)) return ([], error.GetString());
        return ([.. document.RootElement.GetProperty("data").GetProperty("result").Clone().EnumerateArray()], null);
    }

    public static long Milliseconds(JsonElement seconds) => (long)Math.Round(seconds.GetDouble() * 1000);

    public static double Number(JsonElement text) => text.GetString() switch
    {
        "NaN" => double.NaN,
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        { } digits => double.Parse(digits, CultureInfo.InvariantCulture),
        null => throw new InvalidDataException("no number"),
    };

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _http.Dispose();
    }

    private async Task<bool> IsReadyAsync(CancellationToken cancellation)
    {
        try
        {
            using var reply = await _http.GetAsync(new Uri("-/ready", UriKind.Relative), cancellation);
            return reply.IsSuccessStatusCode;
        }
        catch (HttpRequestException) when (!_process.HasExited)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string Seconds(long ms) => (ms / 1000.0).ToString("F3", CultureInfo.InvariantCulture);
}
