using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Streamline.Storage.Encoding;

namespace Streamline.Storage.Tests.Histograms;

/// <summary>Debian's Prometheus over a directory, with native histograms, remote-write receiver and admin API switched on.</summary>
internal sealed class RealPrometheus : IAsyncDisposable
{
    public const string Program = "/usr/bin/prometheus";

    private readonly Process _process;
    private readonly HttpClient _http;
    private readonly Task<string> _log;
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(90));

    private RealPrometheus(Process process, int port)
    {
        _process = process;
        _log = process.StandardError.ReadToEndAsync();
        _http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/") };
    }

    public static async Task<RealPrometheus> Start(string path, params string[] more)
    {
        int port = FreePort();
        string config = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".yml");
        await File.WriteAllTextAsync(config, "global: {}\n");
        var start = new ProcessStartInfo(Program) { RedirectStandardError = true };
        string[] arguments =
        [
            $"--config.file={config}", $"--storage.tsdb.path={path}", $"--web.listen-address=127.0.0.1:{port}", "--web.enable-lifecycle", "--web.enable-admin-api",
            "--web.enable-remote-write-receiver", "--storage.tsdb.retention.time=50y", .. more,
        ];
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        var server = new RealPrometheus(Process.Start(start)!, port);
        while (!await server.IsReady()) await Task.Delay(50, server._limit.Token);
        File.Delete(config);
        return server;
    }

    /// <summary>The answer's body; the status must be a success.</summary>
    public async Task<string> Get(string path)
    {
        using var answer = await _http.GetAsync(new Uri(path, UriKind.Relative), _limit.Token);
        string body = await answer.Content.ReadAsStringAsync(_limit.Token);
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {body}");
        return body;
    }

    public async Task<string> Post(string path)
    {
        using var answer = await _http.PostAsync(new Uri(path, UriKind.Relative), null, _limit.Token);
        string body = await answer.Content.ReadAsStringAsync(_limit.Token);
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {body}");
        return body;
    }

    /// <summary>Remote write 1.0.</summary>
    public async Task Write(byte[] request)
    {
        byte[] packed = new byte[Snappy.MaxEncodedBytes(request.Length)];
        using var content = new ByteArrayContent(packed, 0, Snappy.Encode(request, packed));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        content.Headers.ContentEncoding.Add("snappy");
        using var answer = await _http.PostAsync(new Uri("api/v1/write", UriKind.Relative), content, _limit.Token);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(_limit.Token));
    }

    public async Task Quit()
    {
        await Post("-/quit");
        await _process.WaitForExitAsync(_limit.Token);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _log;
        _process.Dispose();
        _http.Dispose();
        _limit.Dispose();
    }

    private async Task<bool> IsReady()
    {
        if (_process.HasExited) Assert.Fail($"prometheus ended: {await _log}");
        try
        {
            using var answer = await _http.GetAsync(new Uri("-/ready", UriKind.Relative), _limit.Token);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
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
}
