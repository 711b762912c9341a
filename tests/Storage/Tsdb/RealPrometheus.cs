using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using static Streamline.Storage.Tests.Scenario;

namespace Streamline.Storage.Tests;

/// <summary>Debian's Prometheus and promtool, run on a directory; and what both programs read of it as lines that can be compared.</summary>
internal static class RealPrometheus
{
    public const string Promtool = "/usr/bin/promtool", Prometheus = "/usr/bin/prometheus";

    public static void AssertSame(SortedSet<string> expected, SortedSet<string> actual)
    {
        Assert.Equal([], expected.Except(actual).Take(5));
        Assert.Equal([], actual.Except(expected).Take(5));
    }

    public static SortedSet<string> Lines(Tsdb db)
    {
        var lines = new SortedSet<string>(StringComparer.Ordinal);
        using var set = db.Select([], TimeRange.All, SelectHints.None);
        for (int i = 0; i < set.Count; i++)
        {
            foreach (var (time, value) in Samples(set, i)) lines.Add(string.Create(CultureInfo.InvariantCulture, $"{set.LabelsAt(i)} {Bits(value)} {time}"));
        }
        return lines;
    }

    public static string Bits(double value) => double.IsNaN(value) ? "NaN" : BitConverter.DoubleToInt64Bits(value).ToString("x", CultureInfo.InvariantCulture);

    /// <summary>What promtool reads; it prints any NaN as NaN.</summary>
    public static async Task<SortedSet<string>> Dump(string path)
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

    public static Task<string> RunPrometheusUntilItHasScraped(string path)
    {
        int port = FreePort();
        string config = $"global: {{scrape_interval: 1s}}\nscrape_configs: [{{job_name: self, static_configs: [{{targets: ['127.0.0.1:{port}']}}]}}]\n";
        return RunPrometheus(path, config, "api/v1/query?query=count_over_time(up[1h])>=2", answer => answer.Contains("\"metric\"", StringComparison.Ordinal), port);
    }

    /// <summary>Runs the server until it gives an answer that will do, ends it and returns that answer. Before that it may be fed.</summary>
    public static async Task<string> RunPrometheus(string path, string config, string question, Predicate<string> done, int port = 0, Func<HttpClient, Task>? feed = null, params string[] flags)
    {
        if (port == 0) port = FreePort();
        string file = Path.Combine(path, "prometheus.yml");
        await File.WriteAllTextAsync(file, config);
        var start = new ProcessStartInfo(Prometheus) { RedirectStandardError = true };
        foreach (string argument in (string[])[$"--config.file={file}", $"--storage.tsdb.path={path}", $"--web.listen-address=127.0.0.1:{port}", "--web.enable-lifecycle", .. flags]) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var log = process.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/") };
        string? answer = null;
        try
        {
            if (feed is not null)
            {
                while (await Ask(http, "-/ready", limit.Token) is null) await Task.Delay(50, limit.Token);
                await feed(http);
            }
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

    public static async Task<string?> Ask(HttpClient http, string question, CancellationToken cancellation)
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

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public static async Task<(string Output, string Error, int Code)> Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, StandardOutputEncoding = System.Text.Encoding.UTF8 };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (await output, await error, process.ExitCode);
    }
}
