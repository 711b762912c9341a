using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Streamline.Pipeline.Config;
using Streamline.Pipeline.Host;
using Streamline.Pipeline.Ingest;
using Streamline.Pipeline.Stages;
using Streamline.Storage;

namespace Streamline.Benchmarks.Pipeline;

/// <summary>What a round of the host source costs on this machine, by collector, and beside it what node_exporter spends on a scrape: runs in turn, the least of each.</summary>
internal static class HostCollection
{
    private const string NodeExporter = "/usr/bin/prometheus-node-exporter";
    private const int Runs = 5, RoundsARun = 200, ScrapesARun = 40;

    // Of Linux, in hundredths of a second.
    private const double TicksPerSecond = 100;

    /// <summary>Prints a line per collector, then both totals.</summary>
    public static async Task<int> RunAsync()
    {
        string folder = Directory.CreateTempSubdirectory("streamline-bench-").FullName;
        try
        {
            using var store = Tsdb.Open(new TsdbOptions { Path = folder, Fsync = FsyncPolicy.Never });
            var rounds = new Rounds(store);
            for (int i = 0; i < RoundsARun; i++) rounds.Run();
            rounds.Times.AsSpan().Fill(long.MaxValue);
            var (ours, theirs) = (double.MaxValue, double.MaxValue);
            using var exporter = Start(out int port);
            for (int run = 0; run < Runs; run++)
            {
                ours = Math.Min(ours, CpuMsOf(() => RunMany(rounds)) / RoundsARun);
                if (exporter is not null) theirs = Math.Min(theirs, await ScrapeAsync(exporter, port) / ScrapesARun);
            }
            exporter?.Kill();
            Print(rounds, ours, theirs);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
        return 0;
    }

    private static void Print(Rounds rounds, double ours, double theirs)
    {
        Console.WriteLine("collector             least us");
        foreach (var (name, ticks) in rounds.Names.Zip(rounds.Times).OrderByDescending(c => c.Second))
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-20}{ticks * 1e6 / Stopwatch.Frequency,10:F1}"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"a round with commit: {ours:F3} ms of CPU, {rounds.Samples} samples, {rounds.Allocated} bytes of garbage in the collectors"));
        if (theirs < double.MaxValue) Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"a scrape of node_exporter: {theirs:F3} ms of its CPU"));
    }

    private static void RunMany(Rounds rounds)
    {
        for (int i = 0; i < RoundsARun; i++) rounds.Run();
    }

    private static double CpuMsOf(Action action)
    {
        using var process = Process.GetCurrentProcess();
        var before = process.TotalProcessorTime;
        action();
        process.Refresh();
        return (process.TotalProcessorTime - before).TotalMilliseconds;
    }

    private static Process? Start(out int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        port = ((IPEndPoint)listener.LocalEndpoint).Port;
        if (!File.Exists(NodeExporter)) return null;
        var process = Process.Start(new ProcessStartInfo(NodeExporter, [$"--web.listen-address=127.0.0.1:{port}", "--no-collector.systemd", "--log.level=error"]) { RedirectStandardError = true })!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        return process;
    }

    private static async Task<double> ScrapeAsync(Process exporter, int port)
    {
        using var client = new HttpClient();
        var address = new Uri($"http://127.0.0.1:{port}/metrics");
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                await client.GetByteArrayAsync(address);
                break;
            }
            catch (HttpRequestException) when (attempt < 100)
            {
                await Task.Delay(100);
            }
        }
        double before = CpuMsOf(exporter.Id);
        for (int i = 0; i < ScrapesARun; i++) await client.GetByteArrayAsync(address);
        return CpuMsOf(exporter.Id) - before;
    }

    // User and system time of a process: fields 14 and 15, counted from behind its name.
    private static double CpuMsOf(int process)
    {
        string stat = File.ReadAllText($"/proc/{process}/stat");
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (double.Parse(fields[11], CultureInfo.InvariantCulture) + double.Parse(fields[12], CultureInfo.InvariantCulture)) * 1000 / TicksPerSecond;
    }

    /// <summary>Rounds as the source makes them, committed to a store.</summary>
    private sealed class Rounds(Tsdb store)
    {
        private readonly (string Name, IHostCollector Collector)[] _collectors = HostCollectors.Make(new HostSourceConfig(), NullLogger.Instance);
        private readonly HostFiles _files = new(new HostPaths("/proc", "/sys", "/", "/run/udev/data"), TimeProvider.System);
        private readonly SeriesWriter _writer = new([new("job", "node")]);
        private readonly SeriesRouter _router = new(store, []);
        private long[]? _times;
        private long _nowMs = Load.StartMs;

        public IEnumerable<string> Names => _collectors.Select(c => c.Name);

        public long[] Times => _times ??= new long[_collectors.Length];

        public int Samples { get; private set; }

        public long Allocated { get; private set; }

        public void Run()
        {
            var batch = new SampleBatch("bench", 4096);
            _writer.Begin(batch, _router, _nowMs += 5000);
            long allocated = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < _collectors.Length; i++)
            {
                long began = Stopwatch.GetTimestamp();
                _collectors[i].Collector.Collect(_files, _writer);
                Times[i] = Math.Min(Times[i], Stopwatch.GetTimestamp() - began);
            }
            Allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
            _writer.End();
            Samples = batch.Count;
            store.Commit(batch);
            batch.Release();
        }
    }
}
