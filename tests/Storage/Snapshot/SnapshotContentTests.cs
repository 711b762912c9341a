using static Streamline.Storage.Tests.Histograms.HistogramSamples;
using static Streamline.Storage.Tests.Scenario;

namespace Streamline.Storage.Tests.Snapshot;

/// <summary>The head's snapshot with all that a head can hold.</summary>
public sealed class SnapshotContentTests
{
    private const long Base = 1_700_000_000_000, StepMs = 30_000;

    private static string FilePath(Scenario s) => Path.Combine(s.Options.Path, "streamline", "head.snapshot");

    private static bool WasUsed(Scenario s)
    {
        bool used = s.Log.Any(l => l.Contains("snapshot of the head read", StringComparison.Ordinal));
        s.Log.Clear();
        return used;
    }

    private static Scenario Everything() => new(o => o with { MaxExemplars = 50, OutOfOrderWindowMs = 5 * Hour, WalSegmentBytes = 64 << 10 });

    /// <summary>All that can be read: samples and histograms of both heads, exemplars, metadata, status.</summary>
    private static string[] View(Scenario s, bool withHints = false)
    {
        using var set = s.Db.Select([], TimeRange.All, SelectHints.None);
        var labels = Enumerable.Range(0, set.Count).Select(set.LabelsAt).ToList();
        return
        [
            .. labels.Select((l, i) => l + string.Concat(Texts(set, i, withHints))),
            .. s.Db.Exemplars([[]], TimeRange.All).Select(e => e.Series + string.Concat(e.Exemplars.Select(x => FormattableString.Invariant($" {x.Labels} {x.Value} {x.TimestampMs}")))),
            .. labels.Select(l => s.Db.TryFind(l, out var handle) && s.Db.MetadataOf(handle) is { } known ? $"{l} {known}" : ""),
        ];
    }

    private static List<string> Texts(SeriesSet set, int index, bool withHints)
    {
        var texts = new List<string>();
        var times = new long[7];
        var values = new double[7];
        var histograms = new NativeHistogram[5];
        using var cursor = set.Open(index);
        for (int read; (read = cursor.Next(times, values)) > 0 || cursor.AtHistogram;)
        {
            for (int i = 0; i < read; i++) texts.Add(FormattableString.Invariant($" {times[i] - Base}:{BitConverter.DoubleToInt64Bits(values[i]):x}"));
            if (read > 0) continue;
            read = cursor.NextHistograms(times.AsSpan(0, 5), histograms);
            for (int i = 0; i < read; i++) texts.Add(FormattableString.Invariant($" {times[i] - Base}:{Text(histograms[i])}{(withHints ? histograms[i].ResetHint : "")}"));
        }
        return texts;
    }

    /// <summary>A batch of everything at a step: floats, histograms of all kinds, one that changes its kind, exemplars, metadata, late ones.</summary>
    private static void Step(Scenario s, int step, Walks walks)
    {
        long time = Base + step * StepMs;
        var batch = new SampleBatch("test");
        for (int i = 0; i < 4; i++) batch.Add(s.Resolve($"f,i={i}"), time, Math.Sin(step * (i + 1)));
        foreach (var (name, walk) in walks.All) batch.Add(s.Resolve(name), time, walk[step].Histogram);
        if (step / 7 % 2 == 0) batch.Add(s.Resolve("switches"), time, step);
        else batch.Add(s.Resolve("switches"), time, walks.All[step % 2].Walk[step].Histogram);
        batch.Add(s.Resolve("f,i=0"), new Exemplar(Series($"trace_id,n={step}"), step, time));
        if (step % 3 == 0) batch.Add(s.Resolve($"f,i={step % 4}"), new SeriesMetadata("counter", "seconds", $"help {step}"));
        if (step % 5 == 4)
        {
            long late = time - 2 * Hour + step;
            batch.Add(s.Resolve("f,i=1"), late, -step);
            batch.Add(s.Resolve("only_late"), late, step);
            batch.Add(s.Resolve("late_histogram"), late, walks.All[0].Walk[step].Histogram);
        }
        var result = s.Db.Commit(batch);
        batch.Release();
        Assert.True(result.FirstError is null, $"{result.FirstError?.Reason} {result.FirstError?.Message} {result.FirstError?.Labels}");
    }

    private sealed record Walks((string Name, List<(long Time, NativeHistogram Histogram)> Walk)[] All)
    {
        public static Walks Of(int seed, int steps) => new(
        [
            ("h_int", Walk(seed, steps, integer: true)), ("h_float", Walk(seed + 1, steps, integer: false)), ("h_gauge", Walk(seed + 2, steps, integer: true, gauge: true)),
            ("h_custom", Walk(seed + 3, steps, integer: true, custom: true)), ("h_calm", Walk(seed + 4, steps, integer: true, calm: true)),
        ]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(9)]
    [InlineData(38)]
    [InlineData(150)]
    public void CleanRestart_KeepsAll_AndGoesOnAsIfThereHadBeenNone(int steps)
    {
        var walks = Walks.Of(steps, steps + 60);
        using var s = Everything();
        using var twin = Everything();
        for (int step = 0; step < steps; step++)
        {
            Step(s, step, walks);
            Step(twin, step, walks);
        }
        s.Reopen();
        Assert.True(WasUsed(s), string.Join('\n', s.Log));
        Assert.Equal(View(twin, withHints: true), View(s, withHints: true));
        Assert.Equal((twin.Head.HistogramSeries, twin.Head.HistogramBuckets, twin.Head.ChunkCount), (s.Head.HistogramSeries, s.Head.HistogramBuckets, s.Head.ChunkCount));
        for (int step = steps; step < steps + 60; step++)
        {
            Step(s, step, walks);
            Step(twin, step, walks);
        }
        Assert.Equal(View(twin, withHints: true), View(s, withHints: true));
        // Chunks went on where they stood: as many as without the restart.
        Assert.Equal(twin.Head.ChunkCount, s.Head.ChunkCount);
        s.CrashAndReopen();
        Assert.True(WasUsed(s));
        Assert.Equal(View(twin), View(s));
        s.Crash();
        File.Delete(FilePath(s));
        s.Open();
        Assert.False(WasUsed(s));
        Assert.Equal(View(twin), View(s));
    }

    [Fact]
    public void Lives_WithRestartsAndKills_ReadAsFromTheLog()
    {
        for (int seed = 1; seed <= 6; seed++)
        {
            var random = new Random(seed);
            var walks = Walks.Of(100 * seed, 700);
            using var s = Everything();
            for (int step = 0, round = 0; round < 6; round++)
            {
                for (int until = Math.Min(700, step + random.Next(1, 120)); step < until; step++) Step(s, step, walks);
                if (random.Next(3) == 0) s.Db.Maintain();
                if (random.Next(4) == 0) s.Db.Delete([new LabelMatcher(MatchOperator.Equal, "__name__", "h_int")], new TimeRange(Base + 100_000L * round, Base + 100_000L * round + 50_000));
                string[] before = View(s);
                if (random.Next(2) == 0) s.Reopen();
                else s.CrashAndReopen();
                AssertSame(before, View(s), $"seed {seed}, round {round}");
            }
            string[] last = View(s);
            s.Crash();
            File.Delete(FilePath(s));
            s.Open();
            AssertSame(last, View(s), $"seed {seed}, from the log");
        }
    }

    [Fact]
    public void SmallerRingOfExemplars_KeepsTheNewest()
    {
        var walks = Walks.Of(7, 60);
        using var s = Everything();
        for (int step = 0; step < 60; step++) Step(s, step, walks);
        s.Db.Dispose();
        s.Open(o => o with { MaxExemplars = 3 });
        Assert.True(WasUsed(s));
        Assert.Equal([57.0, 58, 59], s.Db.Exemplars([[]], TimeRange.All).Single().Exemplars.Select(e => e.Value));
    }

    private static void AssertSame(string[] expected, string[] actual, string where)
    {
        for (int i = 0; i < Math.Min(expected.Length, actual.Length); i++) Assert.True(expected[i] == actual[i], $"{where}:\n{expected[i]}\n{actual[i]}");
        Assert.True(expected.Length == actual.Length, where);
    }
}
