using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Streamline.Benchmarks.Soak;

/// <summary>The built program on a port and a data directory of its own, which can be killed and started again.</summary>
internal sealed class SoakServer : IDisposable
{
    private static readonly TimeSpan MostReplay = TimeSpan.FromMinutes(3), AskAgain = TimeSpan.FromMilliseconds(20);

    private readonly string _program;
    private readonly string[] _flags;
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("streamline-soak-");
    private readonly int _port = FreePort();
    private Process? _process;

    public SoakServer(string program, params string[] flags)
    {
        _program = program;
        _flags = flags;
        Http = new HttpClient(new SocketsHttpHandler { PooledConnectionIdleTimeout = TimeSpan.FromSeconds(1) }) { BaseAddress = new Uri($"http://127.0.0.1:{_port}/"), Timeout = TimeSpan.FromMinutes(2) };
        File.WriteAllText(Path.Combine(_directory.FullName, "prometheus.yml"), "global: {scrape_interval: 1m}\n");
    }

    public HttpClient Http { get; }

    public string Data => Path.Combine(_directory.FullName, "data");

    /// <summary>Starts and waits until it is ready; how long that took.</summary>
    public async Task<TimeSpan> StartAsync()
    {
        long start = Stopwatch.GetTimestamp();
        var info = new ProcessStartInfo(_program, ["run", $"--config.file={Path.Combine(_directory.FullName, "prometheus.yml")}", $"--storage.tsdb.path={Data}", $"--web.listen-address=127.0.0.1:{_port}", "--web.enable-remote-write-receiver", "--log.level=warn", .. _flags]);
        _process = Process.Start(info) ?? throw new InvalidOperationException($"{_program} does not start");
        while (!await IsReadyAsync())
        {
            if (_process.HasExited) throw new InvalidOperationException($"{_program} ended with {_process.ExitCode}");
            if (Stopwatch.GetElapsedTime(start) > MostReplay) throw new TimeoutException($"{_program} is not ready after {MostReplay}");
            await Task.Delay(AskAgain);
        }
        return Stopwatch.GetElapsedTime(start);
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    /// <summary>Resident bytes, and CPU seconds used so far.</summary>
    public (long Resident, double CpuSeconds) Usage() => (Status("VmRSS:"), _process!.TotalProcessorTime.TotalSeconds);

    /// <summary>The most that was ever resident.</summary>
    public long PeakResident() => Status("VmHWM:");

    /// <summary>A metric of its own without labels.</summary>
    public async Task<double> MetricAsync(string name)
    {
        string text = await Http.GetStringAsync("metrics");
        string line = text.Split('\n').First(l => l.StartsWith(name + " ", StringComparison.Ordinal));
        return double.Parse(line[(name.Length + 1)..], CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        _process?.Kill();
        _process?.WaitForExit();
        _process?.Dispose();
        Http.Dispose();
        _directory.Delete(recursive: true);
    }

    // Bytes of a line that tells kB.
    private long Status(string line)
    {
        string found = File.ReadAllLines($"/proc/{_process!.Id}/status").First(l => l.StartsWith(line, StringComparison.Ordinal));
        return long.Parse(found.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }

    private async Task<bool> IsReadyAsync()
    {
        try
        {
            using var answer = await Http.GetAsync("-/ready");
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var socket = new TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port;
    }
}
