using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Streamline.EndToEnd.Running;

/// <summary>The built program as a user starts it, on a free port of loopback; everything it prints is kept.</summary>
internal sealed partial class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly List<string> _lines = [];
    private readonly TaskCompletionSource<Uri> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(30) };

    private ServerProcess(string address, string configFile, string dataPath, string[] flags)
    {
        var start = new ProcessStartInfo(ProjectFolder.Executable) { RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = Path.GetDirectoryName(configFile)! };
        foreach (string argument in (string[])["run", "--config.file=" + configFile, "--storage.tsdb.path=" + dataPath, "--web.listen-address=" + address, .. flags]) start.ArgumentList.Add(argument);
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) => Take(line.Data);
        _process.Exited += (_, _) => _ready.TrySetException(new InvalidOperationException("the program ended: " + Log));
        _process.Start();
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
    }

    public Uri Url { get; private set; } = new("http://127.0.0.1");

    public string Log
    {
        get
        {
            lock (_lines) return string.Join('\n', _lines);
        }
    }

    public static Task<ServerProcess> StartAsync(string configFile, string dataPath, params string[] flags) => StartAtAsync("127.0.0.1:0", configFile, dataPath, flags);

    /// <summary>Started, but perhaps not ready yet.</summary>
    public static ServerProcess Begin(string configFile, string dataPath, params string[] flags) => new("127.0.0.1:0", configFile, dataPath, flags);

    /// <summary>At an address that senders know before the program runs, and after it was killed.</summary>
    public static async Task<ServerProcess> StartAtAsync(string address, string configFile, string dataPath, params string[] flags)
    {
        var server = new ServerProcess(address, configFile, dataPath, flags);
        await server.ReadyAsync();
        return server;
    }

    public async Task ReadyAsync() => Url = await _ready.Task.WaitAsync(StartTime);

    public Task<HttpResponseMessage> GetAsync(string path) => _http.GetAsync(new Uri(Url, path));

    public Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? content)
    {
        var request = new HttpRequestMessage(method, new Uri(Url, path)) { Content = content };
        return _http.SendAsync(request);
    }

    public async Task<JsonElement> DataAsync(string path)
    {
        using var reply = await GetAsync(path);
        string text = await reply.Content.ReadAsStringAsync();
        Assert.True(reply.StatusCode == HttpStatusCode.OK, $"{path}: {(int)reply.StatusCode} {text}");
        using var document = JsonDocument.Parse(text);
        Assert.Equal("success", document.RootElement.GetProperty("status").GetString());
        return document.RootElement.GetProperty("data").Clone();
    }

    /// <summary>The result of an instant query, now or at a time in seconds.</summary>
    public async Task<JsonElement> QueryAsync(string promql, double? at = null)
    {
        string time = at is { } seconds ? "&time=" + seconds.ToString("F3", CultureInfo.InvariantCulture) : "";
        return (await DataAsync("/api/v1/query?query=" + Uri.EscapeDataString(promql) + time)).GetProperty("result");
    }

    /// <summary>The only sample of an instant query; NaN when there is none.</summary>
    public async Task<double> NumberAsync(string promql, double? at = null)
    {
        var result = await QueryAsync(promql, at);
        return result.GetArrayLength() == 0 ? double.NaN : double.Parse(result[0].GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture);
    }

    /// <summary>SIGKILL: no code of the program runs any more.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM; gives the exit code.</summary>
    public async Task<int> StopAsync()
    {
        using (var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)])) await kill.WaitForExitAsync();
        await _process.WaitForExitAsync(new CancellationTokenSource(StartTime).Token);
        return _process.ExitCode;
    }

    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", ["-" + signal, _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) await KillAsync();
        _process.Dispose();
        _http.Dispose();
    }

    private void Take(string? line)
    {
        if (line is null) return;
        lock (_lines) _lines.Add(line);
        var ready = Ready().Match(line);
        if (ready.Success) _ready.TrySetResult(new Uri(ready.Groups[1].Value));
    }

    [GeneratedRegex(@"is ready on (http://[^;,""]+)")]
    private static partial Regex Ready();
}
