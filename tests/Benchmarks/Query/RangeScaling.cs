using System.Diagnostics;
using Streamline.Query;
using Streamline.Storage;

namespace Streamline.Benchmarks.Query;

/// <summary>What range queries cost with 1, 4 and 16 times the series and the samples, in CPU time of the process: it should grow with them and no faster.</summary>
internal static class RangeScaling
{
    private const int LeastSeries = 100, LeastSamples = 500, Runs = 7;

    private static readonly string[] Queries = ["sum(rate(m_total[5m]))", "avg_over_time(m_total[1h])", "m_total"];

    /// <summary>Prints a line per query and size: the least of some runs, in all and for each sample.</summary>
    public static async Task<int> RunAsync()
    {
        Console.WriteLine("query                          series  samples      CPU ms   ns/sample  peak samples");
        foreach (int factor in new[] { 1, 4, 16 }) await MeasureAsync(LeastSeries * factor, LeastSamples);
        foreach (int factor in new[] { 4, 16 }) await MeasureAsync(LeastSeries, LeastSamples * factor);
        return 0;
    }

    private static async Task MeasureAsync(int series, int samples)
    {
        string folder = Directory.CreateTempSubdirectory("streamline-bench-").FullName;
        try
        {
            using var store = Tsdb.Open(new TsdbOptions { Path = folder, Fsync = FsyncPolicy.Never });
            Fill(store, series, samples);
            using var engine = new QueryEngine(store, new QueryEngineOptions());
            foreach (string query in Queries) await MeasureAsync(engine, query, series, samples);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Fill(Tsdb store, int series, int samples)
    {
        SeriesHandle[] handles = [.. Enumerable.Range(0, series).Select(i => store.Resolve(Labels.Of(("__name__", "m_total"), ("instance", $"host-{i:D5}"))))];
        for (int step = 0; step < samples; step++)
        {
            var batch = new SampleBatch("bench", series);
            for (int i = 0; i < series; i++) batch.Add(handles[i], Load.StartMs + ((long)step * Load.StepMs), Load.Value(3 * i, step));
            store.Commit(batch);
            batch.Release();
        }
    }

    private static async Task MeasureAsync(QueryEngine engine, string query, int series, int samples)
    {
        long endMs = Load.StartMs + ((samples - 1L) * Load.StepMs), stepMs = Math.Max(60_000, (endMs - Load.StartMs) / 10_000);
        TimeSpan least = TimeSpan.MaxValue;
        long peak = 0;
        using var process = Process.GetCurrentProcess();
        for (int run = 0; run <= Runs; run++)
        {
            process.Refresh();
            TimeSpan before = process.TotalProcessorTime;
            QueryResult result = await engine.RangeAsync(query, Load.StartMs, endMs, stepMs, QueryParameters.Default, CancellationToken.None);
            process.Refresh();
            TimeSpan used = process.TotalProcessorTime - before;
            // The first run compiles.
            if (run > 0 && used < least) least = used;
            peak = result.Stats.PeakSamples;
        }
        double total = (double)series * samples;
        Console.WriteLine(FormattableString.Invariant($"{query,-30} {series,6} {samples,8} {least.TotalMilliseconds,11:F1} {least.TotalMilliseconds * 1e6 / total,11:F2} {peak,13}"));
    }
}
