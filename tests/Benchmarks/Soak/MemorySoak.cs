using System.Diagnostics;
using System.Globalization;
using Streamline.Storage;

namespace Streamline.Benchmarks.Soak;

/// <summary>
/// A day of a server in some minutes: samples of the last 24 hours are sent as fast as the time allows, with cuts, compactions, retention and series that come
/// and go, and resident memory is printed. It should be flat once the head has been cut a few times.
/// </summary>
internal sealed class MemorySoak(string program, TimeSpan duration, int series)
{
    private const long HourMs = 3_600_000, DayMs = 24 * HourMs, StepMs = 15_000;
    private const int Senders = 4;

    // One series in so many is another one each hour.
    private const int ChurnOneIn = 50;

    private readonly RemoteWriter[] _writers = [.. Enumerable.Range(0, Senders).Select(_ => new RemoteWriter())];
    private long _sent, _refused, _hour = -1;

    public async Task<int> RunAsync()
    {
        using var server = new SoakServer(program, "--storage.tsdb.retention.time=8h");
        await server.StartAsync();
        long now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() / StepMs * StepMs, begin = now - DayMs, start = Stopwatch.GetTimestamp();
        var resident = new List<(double Hour, long Bytes)>();
        Console.WriteLine("hours   samples   refused   resident MB   CPU-s   data MB");
        for (long time = begin; time < now; time += StepMs)
        {
            await SendStepAsync(server, time);
            if ((time - begin) % (20 * 60_000) == 0) resident.Add(Print(server, (time - begin) / 3600e3));
            // In step with the wished duration; when the machine cannot keep up it takes longer.
            var ahead = duration * ((double)(time - begin) / DayMs) - Stopwatch.GetElapsedTime(start);
            if (ahead > TimeSpan.Zero) await Task.Delay(ahead);
        }
        var early = resident.Where(r => r.Hour is >= 8 and < 12).ToList();
        var late = resident.Where(r => r.Hour >= 20).ToList();
        double before = early.Average(r => r.Bytes), after = late.Average(r => r.Bytes);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{series} series, {_sent} samples in {Stopwatch.GetElapsedTime(start).TotalMinutes:F1} min; resident {before / 1e6:F0} MB in hours 8 to 12, {after / 1e6:F0} MB in hours 20 to 24 ({after / before - 1:+0.0%;-0.0%}), highest {resident.Max(r => r.Bytes) / 1e6:F0} MB; {_refused} requests refused"));
        return after < before * 1.1 ? 0 : 1;
    }

    private async Task SendStepAsync(SoakServer server, long time)
    {
        for (int sender = 0; sender < Senders && time / HourMs != _hour; sender++)
            _writers[sender].Use(Enumerable.Range(0, series).Where(i => i % Senders == sender).Select(i => SeriesAt(i, time)));
        _hour = time / HourMs;
        int step = (int)(time / StepMs % 100_000);
        await Task.WhenAll(_writers.Select(writer => Task.Run(async () =>
        {
            bool taken = await writer.SendAsync(server.Http, time, i => Load.Value(i, step), CancellationToken.None);
            Interlocked.Add(ref taken ? ref _sent : ref _refused, taken ? series / Senders : 1);
        })));
    }

    private static Labels SeriesAt(int i, long time) => i % ChurnOneIn == 0
        ? Labels.Of(("__name__", "soak_churn"), ("hour", (time / HourMs).ToString(CultureInfo.InvariantCulture)), ("series", i.ToString(CultureInfo.InvariantCulture)))
        : Load.Series(i);

    private (double Hour, long Bytes) Print(SoakServer server, double hour)
    {
        var (resident, cpu) = server.Usage();
        long data = new DirectoryInfo(server.Data).EnumerateFiles("*", SearchOption.AllDirectories).Sum(SizeOf);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{hour,5:F1} {_sent,9} {_refused,9} {resident / 1e6,13:F0} {cpu,7:F1} {data / 1e6,9:F0}"));
        return (hour, resident);
    }

    // A file may go between being listed and being looked at.
    private static long SizeOf(FileInfo file)
    {
        try
        {
            return file.Length;
        }
        catch (FileNotFoundException)
        {
            return 0;
        }
    }
}
