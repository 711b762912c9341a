using System.Globalization;
using System.Text.Json;
using Streamline.Storage;

namespace Streamline.Benchmarks.Soak;

/// <summary>
/// Kills the program with SIGKILL again and again while several senders write, then asks for everything that was acknowledged. A sample's value is its number,
/// so that one at a wrong place is seen as well.
/// </summary>
internal sealed class KillSoak(string program, int kills, int seed)
{
    private const int Senders = 4, SeriesPerSender = 100;

    // A sender pauses so long between two requests: the load is that of a busy server, not the most that this machine can do.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private readonly List<long>[] _acknowledged = [.. Enumerable.Range(0, Senders).Select(_ => new List<long>())];
    private readonly long[] _last = new long[Senders];
    private long _sent;

    public async Task<int> RunAsync()
    {
        var random = new Random(seed);
        using var server = new SoakServer(program);
        var slowest = TimeSpan.Zero;
        for (int kill = 0; kill < kills; kill++)
        {
            var ready = await server.StartAsync();
            if (ready > slowest) slowest = ready;
            using var stop = new CancellationTokenSource();
            var senders = Enumerable.Range(0, Senders).Select(i => Task.Run(() => SendAsync(server, i, stop.Token))).ToArray();
            await Task.Delay(random.Next(200, 2000));
            await server.KillAsync();
            await stop.CancelAsync();
            await Task.WhenAll(senders);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"kill {kill + 1}: ready after {ready.TotalMilliseconds:F0} ms, {_acknowledged.Sum(a => a.Count)} of {_sent} requests acknowledged"));
        }
        await server.StartAsync();
        var (lost, twice, wrong, found) = await CompareAsync(server);
        long promised = _acknowledged.Sum(a => (long)a.Count) * SeriesPerSender;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{kills} kills, {promised} samples acknowledged, {found} found; lost {lost}, twice {twice}, wrong {wrong}; slowest start {slowest.TotalMilliseconds:F0} ms"));
        return lost + twice + wrong == 0 ? 0 : 1;
    }

    private static Labels[] SeriesOf(int sender) => [.. Enumerable.Range(0, SeriesPerSender).Select(i => Labels.Of(("__name__", "soak"), ("sender", Text(sender)), ("series", Text(i))))];

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private async Task SendAsync(SoakServer server, int sender, CancellationToken stop)
    {
        var writer = new RemoteWriter();
        writer.Use(SeriesOf(sender));
        using var timer = new PeriodicTimer(Pause);
        while (!stop.IsCancellationRequested)
        {
            long time = Math.Max(_last[sender] + 1, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
            _last[sender] = time;
            Interlocked.Increment(ref _sent);
            if (await writer.SendAsync(server.Http, time, i => ValueOf(time, i), stop)) _acknowledged[sender].Add(time);
            try
            {
                await timer.WaitForNextTickAsync(stop);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private static double ValueOf(long time, int series) => time % 1_000_000_000 * 1000 + series;

    private async Task<(long Lost, long Twice, long Wrong, long Found)> CompareAsync(SoakServer server)
    {
        long lost = 0, twice = 0, wrong = 0, found = 0;
        for (int sender = 0; sender < Senders; sender++)
        {
            for (int i = 0; i < SeriesPerSender; i++)
            {
                var there = new HashSet<long>();
                foreach (var (time, value) in await ReadAsync(server, sender, i))
                {
                    found++;
                    if (!there.Add(time)) twice++;
                    if (value != ValueOf(time, i)) wrong++;
                }
                lost += _acknowledged[sender].Count(t => !there.Contains(t));
            }
        }
        return (lost, twice, wrong, found);
    }

    private static async Task<List<(long Time, double Value)>> ReadAsync(SoakServer server, int sender, int series)
    {
        string query = Uri.EscapeDataString($"soak{{sender=\"{sender}\",series=\"{series}\"}}[1h]");
        await using var stream = await server.Http.GetStreamAsync($"api/v1/query?query={query}");
        using var answer = await JsonDocument.ParseAsync(stream);
        var samples = new List<(long, double)>();
        foreach (var result in answer.RootElement.GetProperty("data").GetProperty("result").EnumerateArray())
        {
            foreach (var pair in result.GetProperty("values").EnumerateArray())
                samples.Add(((long)Math.Round(pair[0].GetDouble() * 1000), double.Parse(pair[1].GetString()!, CultureInfo.InvariantCulture)));
        }
        return samples;
    }
}
