using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using static Streamline.Storage.Tests.Scenario;

namespace Streamline.Storage.Tests;

/// <summary>The real Prometheus judges directories that we wrote, and we read one that it wrote.</summary>
public sealed class PrometheusTests
{
    private const string Promtool = "/usr/bin/promtool", Prometheus = "/usr/bin/prometheus";

    [Fact]
    public async Task Promtool_DumpsOurLogCheckpointAndBlocks()
    {
        Assert.SkipUnless(File.Exists(Promtool), "promtool is not installed (apt install prometheus)");
        using var s = new Scenario(o => o with { WalSegmentBytes = 32 << 10 });
        for (long t = 0; t < 8 * Hour; t += 5_000)
            s.Commit(("a,x=1", Start + t, Math.Sin(t)), ($"long,pad={new string('p', 300)}", Start + t, t), ("b,e=caf\u00e9", Start + t, -0.0));
        s.Db.Maintain();
        s.Commit(("a,x=1", Start + 8 * Hour, double.PositiveInfinity), ("late", Start + 8 * Hour, double.NaN));
        Assert.NotEmpty(Directory.GetDirectories(s.Wal));
        Assert.NotEmpty(s.Db.Blocks);
        var expected = Lines(s.Db);
        s.Crash();
        AssertSame(expected, await Dump(s.Options.Path));
    }

    [Fact]
    public async Task Streamline_OpensWhatPrometheusWrote()
    {
        Assert.SkipUnless(File.Exists(Prometheus) && File.Exists(Promtool), "prometheus is not installed (apt install prometheus)");
        using var s = new Scenario();
        s.Db.Dispose();
        await RunPrometheusUntilItHasScraped(s.Options.Path);
        var expected = await Dump(s.Options.Path);
        Assert.True(expected.Count > 500, $"{expected.Count} samples only");
        s.Open();
        AssertSame(expected, Lines(s.Db));
        Assert.DoesNotContain(s.Log, l => l.StartsWith("Warning", StringComparison.Ordinal) && !l.Contains("histogram", StringComparison.Ordinal));
        s.Commit(("ours", s.Db.Status(1).MaxTimeMs, 1));
        expected = Lines(s.Db);
        s.Crash();
        AssertSame(expected, await Dump(s.Options.Path));
    }

    [Fact]
    public async Task Prometheus_ReadsOurHeadChunks_AndWeReadItsOwn()
    {
        Assert.SkipUnless(File.Exists(Prometheus) && File.Exists(Promtool), "prometheus is not installed (apt install prometheus)");
        using var s = new Scenario();
        for (long t = 0; t < 700; t++)
            s.Commit(("a,x=1", Start + t * 15_000, Math.Sin(t)), ("a,x=2", Start + t * 15_000, t), ("b", Start + t * 15_000, t % 9 == 0 ? double.NaN : 1e6 * t));
        s.Db.Maintain();
        var expected = Lines(s.Db);
        long chunks = s.Head.ChunkCount;
        string folder = Path.Combine(s.Options.Path, "chunks_head");
        s.Crash();
        AssertSame(expected, await Dump(s.Options.Path));

        // Its server takes our files as they are: nothing corrupt, the same number of chunks, and after its end the same samples.
        string metrics = await RunPrometheus(s.Options.Path, "global: {}\n", "metrics", answer => answer.Contains($"prometheus_tsdb_head_chunks {chunks}\n", StringComparison.Ordinal));
        Assert.Contains("prometheus_tsdb_mmap_chunk_corruptions_total 0\n", metrics, StringComparison.Ordinal);
        Assert.NotEmpty(Directory.GetFiles(folder));
        s.Open();
        AssertSame(expected, Lines(s.Db));
        s.Crash();

        // Without them it makes its own while it replays our log; we take those.
        Directory.Delete(folder, recursive: true);
        await RunPrometheus(s.Options.Path, "global: {}\n", "-/ready", _ => true);
        Assert.NotEmpty(Directory.GetFiles(folder));
        s.Log.Clear();
        s.Open();
        AssertSame(expected, Lines(s.Db));
        Assert.Equal(0, s.Head.Counters.MappedCorruptions.Value);
        Assert.True(s.Head.ChunkFiles!.StoredBytes > 3_000);
        Assert.DoesNotContain(s.Log, l => l.StartsWith("Warning", StringComparison.Ordinal));
        s.Commit(("a,x=1", Start + 700 * 15_000, 1));
        expected = Lines(s.Db);
        s.Crash();
        AssertSame(expected, await Dump(s.Options.Path));
    }

    private static void AssertSame(SortedSet<string> expected, SortedSet<string> actual)
    {
        Assert.Equal([], expected.Except(actual).Take(5));
        Assert.Equal([], actual.Except(expected).Take(5));
    }

    private static SortedSet<string> Lines(Tsdb db)
    {
        var lines = new SortedSet<string>(StringComparer.Ordinal);
        using var set = db.Select([], TimeRange.All, SelectHints.None);
        for (int i = 0; i < set.Count; i++)
        {
            foreach (var (time, value) in Samples(set, i)) lines.Add(string.Create(CultureInfo.InvariantCulture, $"{set.LabelsAt(i)} {Bits(value)} {time}"));
        }
        return lines;
    }

    private static string Bits(double value) => double.IsNaN(value) ? "NaN" : BitConverter.DoubleToInt64Bits(value).ToString("x", CultureInfo.InvariantCulture);

    /// <summary>What promtool reads; it prints any NaN as NaN.</summary>
    private static async Task<SortedSet<string>> Dump(string path)
    {
        var (output, error, code) = await Run(Promtool, "tsdb", "dump", path);
        Assert.True(code == 0, error);
        var lines = new SortedSet<string>(StringComparer.Ordinal);
        foreach (string line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            int time = line.LastIndexOf(' '), value = line.LastIndexOf(' ', time - 1);
            string text = line[(value + 1)..time];
            double number = text switch { "NaN" => double.NaN, "+Inf" => double.PositiveInfinity, "-Inf" => double.NegativeInfinity, _ => double.Parse(text, CultureInfo.InvariantCulture) };
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"{line[..value]} {Bits(number)}{line[time..]}"));
        }
        return lines;
    }

    private static Task<string> RunPrometheusUntilItHasScraped(string path)
    {
        int port = FreePort();
        string config = $"global: {{scrape_interval: 1s}}\nscrape_configs: [{{job_name: self, static_configs: [{{targets: ['127.0.0.1:{port}']}}]}}]\n";
        return RunPrometheus(path, config, "api/v1/query?query=count_over_time(up[1h])>=2", answer => answer.Contains("\"metric\"", StringComparison.Ordinal), port);
    }

    /// <summary>Runs the server until it gives an answer that will do, ends it and returns that answer.</summary>
    private static async Task<string> RunPrometheus(string path, string config, string question, Predicate<string> done, int port = 0)
    {
        if (port == 0) port = FreePort();
        string file = Path.Combine(path, "prometheus.yml");
        await File.WriteAllTextAsync(file, config);
        var start = new ProcessStartInfo(Prometheus) { RedirectStandardError = true };
        foreach (string argument in (string[])[$"--config.file={file}", $"--storage.tsdb.path={path}", $"--web.listen-address=127.0.0.1:{port}", "--web.enable-lifecycle"]) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var log = process.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/") };
        string? answer = null;
        try
        {
            while ((answer = await Ask(http, question, limit.Token)) is null || !done(answer)) await Task.Delay(50, limit.Token);
            await http.PostAsync(new Uri("-/quit", UriKind.Relative), null, limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return answer;
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw new InvalidOperationException($"prometheus did not answer in time, its last answer was {answer}: {await log}");
        }
    }

    private static async Task<string?> Ask(HttpClient http, string question, CancellationToken cancellation)
    {
        try
        {
            return await http.GetStringAsync(new Uri(question, UriKind.Relative), cancellation);
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task<(string Output, string Error, int Code)> Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, StandardOutputEncoding = System.Text.Encoding.UTF8 };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (await output, await error, process.ExitCode);
    }
}
