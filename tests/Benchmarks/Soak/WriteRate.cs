using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace Streamline.Benchmarks.Soak;

/// <summary>
/// Remote write at a fixed rate for a time, in requests of 2,500 samples as Prometheus's queues send them: the rate that was held, what was refused, CPU and
/// memory of the server. Senders share the machine with it; their CPU is told too. What is refused is not sent again.
/// </summary>
internal sealed class WriteRate(string program, int samplesPerSecond, TimeSpan duration, int series, int senders)
{
    private const int SamplesPerRequest = 2500;

    // Held: less than a hundredth is missing at the end.
    private const double Held = 0.99;

    private readonly List<double> _answerMs = [];
    private long _accepted, _busy, _rejected, _lost;

    public async Task<int> RunAsync()
    {
        using var server = new SoakServer(program);
        await server.StartAsync();
        var writers = Enumerable.Range(0, (series + SamplesPerRequest - 1) / SamplesPerRequest).Select(Writer).ToArray();
        // The first round makes the series, which is another measurement.
        await RoundAsync(server, writers);
        (_accepted, _busy, _rejected, _lost) = (0, 0, 0, 0);
        _answerMs.Clear();
        var (before, cpuBefore) = server.Usage();
        double storedBefore = await server.MetricAsync("prometheus_tsdb_head_samples_appended_total{type=\"float\"}"), ownCpu = Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds;
        Console.WriteLine("second   samples/s   resident MB   cores");
        long start = Stopwatch.GetTimestamp();
        using var stop = new CancellationTokenSource();
        var watch = WatchAsync(server, start, stop.Token);
        await Task.WhenAll(Enumerable.Range(0, senders).Select(i => Task.Run(() => SendAsync(server, [.. writers.Where((_, w) => w % senders == i)], start))));
        // The last request may be answered before its time is over.
        double seconds = Math.Max(duration.TotalSeconds, Stopwatch.GetElapsedTime(start).TotalSeconds);
        await stop.CancelAsync();
        await watch;
        double cpu = server.Usage().CpuSeconds - cpuBefore;
        ownCpu = Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds - ownCpu;
        double stored = await server.MetricAsync("prometheus_tsdb_head_samples_appended_total{type=\"float\"}") - storedBefore;
        return Report(server, seconds, cpu, ownCpu, before, stored);
    }

    private int Report(SoakServer server, double seconds, double cpu, double ownCpu, long before, double stored)
    {
        double rate = _accepted / seconds, millions = _accepted / 1e6;
        _answerMs.Sort();
        double At(double part) => _answerMs.Count == 0 ? double.NaN : _answerMs[(int)(part * (_answerMs.Count - 1))];
        Print($"asked for {samplesPerSecond} samples/s over {duration.TotalSeconds:F0} s on {series} series; held {rate:F0}/s over {seconds:F1} s ({rate / samplesPerSecond:P1})");
        Print($"accepted {_accepted}, asked to come again {_busy}, rejected {_rejected}, without an answer {_lost}; stored {stored:F0}");
        Print($"server: {cpu:F1} CPU-s, {cpu / millions:F3} per million, {cpu / seconds:F2} cores; senders: {ownCpu / seconds:F2} cores");
        Print($"resident {before / 1e6:F0} MB before, {server.Usage().Resident / 1e6:F0} MB after, {server.PeakResident() / 1e6:F0} MB at most; answers p50 {At(0.5):F1} ms, p99 {At(0.99):F1} ms, slowest {At(1):F1} ms");
        return rate >= Held * samplesPerSecond && _rejected + _lost == 0 && stored >= _accepted ? 0 : 1;
    }

    // One series stands in one request only, and one sender sends it: its samples arrive in order.
    private async Task SendAsync(SoakServer server, RemoteWriter[] writers, long start)
    {
        double interval = (double)SamplesPerRequest * senders / samplesPerSecond;
        for (int request = 0; ; request++)
        {
            double due = request * interval, now = Stopwatch.GetElapsedTime(start).TotalSeconds;
            if (due >= duration.TotalSeconds || now >= duration.TotalSeconds) return;
            if (due > now) await Task.Delay(TimeSpan.FromSeconds(due - now));
            await AskAsync(server, writers[request % writers.Length], request);
        }
    }

    private async Task RoundAsync(SoakServer server, RemoteWriter[] writers)
    {
        for (int i = 0; i < writers.Length; i++) await AskAsync(server, writers[i], 0);
        if (_accepted == 0) throw new InvalidOperationException("the server took nothing of the first round");
    }

    private async Task AskAsync(SoakServer server, RemoteWriter writer, int step)
    {
        long sent = Stopwatch.GetTimestamp();
        var status = await writer.AskAsync(server.Http, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), i => Load.Value(i, step), CancellationToken.None);
        double ms = Stopwatch.GetElapsedTime(sent).TotalMilliseconds;
        lock (_answerMs)
        {
            _answerMs.Add(ms);
            if (status is null) _lost += SamplesPerRequest;
            else if ((int)status < 300) _accepted += SamplesPerRequest;
            else if (status is HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests) _busy += SamplesPerRequest;
            else _rejected += SamplesPerRequest;
        }
    }

    private async Task WatchAsync(SoakServer server, long start, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(5));
        long before = 0;
        double cpuBefore = server.Usage().CpuSeconds, timeBefore = 0;
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
            {
                var (resident, cpu) = server.Usage();
                double time = Stopwatch.GetElapsedTime(start).TotalSeconds;
                long accepted;
                lock (_answerMs) accepted = _accepted;
                Print($"{time,6:F0} {(accepted - before) / (time - timeBefore),11:F0} {resident / 1e6,13:F0} {(cpu - cpuBefore) / (time - timeBefore),7:F2}");
                (before, cpuBefore, timeBefore) = (accepted, cpu, time);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    private static RemoteWriter Writer(int number)
    {
        var writer = new RemoteWriter();
        writer.Use(Enumerable.Range(number * SamplesPerRequest, SamplesPerRequest).Select(Load.Series));
        return writer;
    }
}
