using static Streamline.Storage.Tests.Scenario;

namespace Streamline.Storage.Tests.Histograms;

/// <summary>Native histograms through the door: head, log, blocks, compaction.</summary>
public sealed class HistogramStoreTests
{
    private static readonly NativeHistogram One = HistogramSamples.Of(new() { [0] = 1, [2] = 3 }, sum: 5), Two = HistogramSamples.Of(new() { [0] = 2, [2] = 3, [5] = 1 }, sum: 9);

    [Fact]
    public void Commit_BothKinds_ReadInOrderWithTheirKinds()
    {
        using var s = new Scenario();
        var result = Commit(s, ("h", Start, One), ("f", Start, null), ("h", Start + 1, Two));
        Assert.Equal((3, 2, 0), (result.Accepted, result.AcceptedHistograms, result.Rejected));
        Commit(s, ("h", Start + 2, null), ("h", Start + 3, Two));
        string[] expected = [$"f 0:float", $"h 0:{Text(One)} 1:{Text(Two)} 2:float 3:{Text(Two)}"];
        Assert.Equal(expected, Read(s.Db));
        Assert.Equal(expected, Read(s.CrashAndReopen().Db));
        Assert.Equal(expected, Read(s.Reopen().Db));
    }

    [Fact]
    public void Commit_SameTime_OnlyTheSameHistogramIsTaken()
    {
        using var s = new Scenario();
        Commit(s, ("h", Start, One), ("f", Start, null));
        Assert.Equal(1, Commit(s, ("h", Start, One)).Accepted);
        Assert.Equal(1, Commit(s, ("h", Start, Two)).RejectedBy(RejectReason.Duplicate));
        Assert.Equal(1, Commit(s, ("h", Start, null)).RejectedBy(RejectReason.Duplicate));
        Assert.Equal(1, Commit(s, ("f", Start, One)).RejectedBy(RejectReason.Duplicate));
        Assert.Equal(1, Commit(s, ("h", Start - 1, One)).RejectedBy(RejectReason.OutOfOrder));
        Assert.Equal(1, Commit(s, ("h", Start - 2 * Hour, One)).RejectedBy(RejectReason.OutOfBounds));
        var result = Commit(s, ("h", Start + 5, One), ("h", Start + 5, One), ("h", Start + 5, Two), ("h", Start + 4, One));
        Assert.Equal((2, 1, 1), (result.Accepted, result.RejectedBy(RejectReason.Duplicate), result.RejectedBy(RejectReason.OutOfOrder)));
        Assert.Equal(["f 0:float", $"h 0:{Text(One)} 5:{Text(One)}"], Read(s.Db));
    }

    [Fact]
    public void Commit_Invalid_RefusedWithTheReason()
    {
        using var s = new Scenario();
        var wrong = new NativeHistogram { Schema = 0, Count = 3, Sum = 1, IsInteger = true, PositiveSpanArray = [new(0, 2)], PositiveBucketArray = [3] };
        var result = Commit(s, ("h", Start, wrong), ("h", Start, One));
        Assert.Equal((1, 1), (result.Accepted, result.RejectedBy(RejectReason.Invalid)));
        Assert.Contains("spans need 2 buckets, have 1", result.FirstError!.Message, StringComparison.Ordinal);
        var large = HistogramSamples.Of(new(Enumerable.Range(0, 10_000).ToDictionary(i => i, _ => 1.0)));
        Assert.Contains("10000 buckets is too large", Commit(s, ("h", Start + 1, large)).FirstError!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Commit_StaleFloatBehindHistograms_BecomesAHistogramOfTheirKind()
    {
        using var s = new Scenario();
        var floats = HistogramSamples.Of(new() { [1] = 0.5 }, integer: false);
        Commit(s, ("h", Start, One), ("g", Start, floats));
        s.Commit(("h", Start + 1, StaleMarker.Value), ("g", Start + 1, StaleMarker.Value), ("h", Start + 2, StaleMarker.Value));
        var batch = new SampleBatch("test");
        batch.Add(s.Resolve("new"), Start, One);
        batch.Add(s.Resolve("new"), Start + 1, StaleMarker.Value);
        Assert.Equal(2, s.Db.Commit(batch).AcceptedHistograms);
        string[] expected = [$"g 0:{Text(floats)} 1:stale float", $"h 0:{Text(One)} 1:stale 2:stale", $"new 0:{Text(One)} 1:stale"];
        Assert.Equal(expected, Read(s.Db));
        Assert.Equal(expected, Read(s.CrashAndReopen().Db));
    }

    [Fact]
    public void Select_WhileTheChunkIsRecodedAndGrows_SeesWhatWasThere()
    {
        using var s = new Scenario();
        Commit(s, ("h", Start, One));
        using var before = s.Db.Select([], TimeRange.All, SelectHints.None);
        Commit(s, ("h", Start + 1, Two));
        using var between = s.Db.Select([], TimeRange.All, SelectHints.None);
        for (int i = 2; i < 400; i++) Commit(s, ("h", Start + i, HistogramSamples.Of(new() { [0] = i, [2] = 3 * i, [5] = i, [i] = 1000 + i, [-i] = 1 }, hint: CounterResetHint.Gauge)));
        Assert.Equal([$"h 0:{Text(One)}"], Read(before));
        Assert.Equal([$"h 0:{Text(One)} 1:{Text(Two)}"], Read(between));
    }

    [Fact]
    public void Metrics_CountHistogramsByThemselves()
    {
        using var meter = new System.Diagnostics.Metrics.Meter("histograms");
        using var s = new Scenario(o => o with { Meter = meter });
        Commit(s, ("h", Start, One), ("f", Start, null), ("g", Start, Two));
        Commit(s, ("h", Start - 1, One), ("g", Start + 1, null));
        Assert.Equal(2, Measure(meter, "prometheus_tsdb_head_samples_appended_total", "histogram"));
        Assert.Equal(2, Measure(meter, "prometheus_tsdb_head_samples_appended_total", "float"));
        Assert.Equal(1, Measure(meter, "prometheus_tsdb_out_of_order_samples_total", "histogram"));
        Assert.Equal(1, Measure(meter, "prometheus_tsdb_head_native_histogram_series", null));
        Assert.Equal(2, Measure(meter, "prometheus_tsdb_head_native_histogram_buckets", null));
    }

    [Fact]
    public void ManySeries_ThroughCrashesCutsAndCompaction_EqualTheModel()
    {
        using var s = new Scenario(o => o with { WalSegmentBytes = 64 << 10 });
        var model = new SortedDictionary<string, List<(long Time, NativeHistogram? Histogram)>>(StringComparer.Ordinal);
        for (int i = 0; i < 8; i++)
        {
            var walk = HistogramSamples.Walk(i, 900, integer: i % 2 == 0, gauge: i is 2 or 3, custom: i is 4 or 5);
            long first = walk[0].Time;
            // A step of about 40 s, so that the head is cut several times; the last two are floats now and then.
            model[$"s{i}"] = [.. walk.Select((w, n) => (Start + (w.Time - first) * 2, i >= 6 && n % 50 > 40 ? null : (NativeHistogram?)w.Histogram))];
        }
        var all = model.SelectMany(m => m.Value.Select(v => (Series: m.Key, v.Time, v.Histogram))).OrderBy(v => v.Time).ThenBy(v => v.Series, StringComparer.Ordinal).ToList();
        string[] Expected(int count) => [.. all.Take(count).GroupBy(v => v.Series).OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => g.Key + string.Concat(g.Select(v => $" {v.Time - Start}:{(v.Histogram is null ? "float" : Text(v.Histogram))}")))];
        for (int done = 0, step = 0; done < all.Count; step++)
        {
            int next = Math.Min(all.Count, done + 500);
            Assert.Equal(next - done, Commit(s, [.. all[done..next]]).Accepted);
            done = next;
            s.Db.Maintain();
            if (step % 3 == 1) s.CrashAndReopen();
            if (step % 3 == 2) s.Reopen();
            Assert.Equal(Expected(done), Read(s.Db));
        }
        Assert.NotEmpty(Directory.GetDirectories(s.Wal));
        Assert.True(s.Db.Blocks.Count > 1);
        foreach (var block in s.Db.Blocks)
        {
            using var stored = StoredBlock.Open(block.Path);
            Assert.Empty(stored.Verify());
        }
        s.Db.Delete([new LabelMatcher(MatchOperator.Equal, "__name__", "s1")], new TimeRange(Start + Hour, Start + 3 * Hour));
        s.Db.Delete([new LabelMatcher(MatchOperator.Equal, "__name__", "s2")], new TimeRange(Start + Hour, all[^1].Time));
        all.RemoveAll(v => (v.Series == "s1" && v.Time >= Start + Hour && v.Time <= Start + 3 * Hour) || (v.Series == "s2" && v.Time >= Start + Hour));
        Assert.Equal(Expected(all.Count), Read(s.Db));
        s.Db.CleanTombstones();
        Assert.Equal(Expected(all.Count), Read(s.CrashAndReopen().Db));
        string copy = Path.Combine(s.Options.Path, "snapshots", s.Db.Snapshot(skipHead: false));
        using var snapshot = Tsdb.Open(new TsdbOptions { Path = copy, ReadOnly = true });
        Assert.Equal(Expected(all.Count), Read(snapshot));
    }

    [Fact]
    public void Delete_TheFirstOfAChunk_TheNextKnowsNothingOfItsPast()
    {
        using var s = new Scenario();
        Commit(s, ("h", Start, Two), ("h", Start + 1, One), ("h", Start + 2, Two), ("h", Start + 3, Two));
        Assert.Equal([CounterResetHint.Unknown, CounterResetHint.Unknown, CounterResetHint.NotReset, CounterResetHint.NotReset], Hints(s.Db));
        s.Db.Delete([], new TimeRange(Start + 1, Start + 1));
        Assert.Equal([CounterResetHint.Unknown, CounterResetHint.Unknown, CounterResetHint.NotReset], Hints(s.Db));
    }

    private static double Measure(System.Diagnostics.Metrics.Meter meter, string name, string? type)
    {
        double found = double.NaN;
        using var listener = new System.Diagnostics.Metrics.MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (ReferenceEquals(instrument.Meter, meter) && instrument.Name == name) l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) =>
        {
            if (type is null || tags.ToArray().Any(t => t.Value as string == type)) found = value;
        });
        listener.Start();
        listener.RecordObservableInstruments();
        return found;
    }

    private static string Text(NativeHistogram histogram) => HistogramSamples.Text(histogram);

    internal static CommitResult Commit(Scenario s, params ReadOnlySpan<(string Series, long Time, NativeHistogram? Histogram)> samples)
    {
        var batch = new SampleBatch("test");
        foreach (var (series, time, histogram) in samples)
        {
            if (histogram is null) batch.Add(s.Resolve(series), time, 1);
            else batch.Add(s.Resolve(series), time, histogram);
        }
        var result = s.Db.Commit(batch);
        batch.Release();
        return result;
    }

    internal static string[] Read(ISampleStore store)
    {
        using var set = store.Select([], TimeRange.All, SelectHints.None);
        return Read(set);
    }

    private static string[] Read(SeriesSet set) => [.. Enumerable.Range(0, set.Count).Select(i => set.LabelsAt(i).Get("__name__") + string.Concat(Samples(set, i).Select(v => $" {v.Time - Start}:{(v.Histogram is null ? "float" : Text(v.Histogram))}")))];

    private static CounterResetHint[] Hints(Tsdb store)
    {
        using var set = store.Select([], TimeRange.All, SelectHints.None);
        return [.. Samples(set, 0).Select(v => v.Histogram!.ResetHint)];
    }

    private static List<(long Time, NativeHistogram? Histogram)> Samples(SeriesSet set, int index)
    {
        var samples = new List<(long, NativeHistogram?)>();
        var times = new long[7];
        var values = new double[7];
        var histograms = new NativeHistogram[5];
        using var cursor = set.Open(index);
        while (true)
        {
            int read = cursor.Next(times, values);
            for (int i = 0; i < read; i++) samples.Add((times[i], null));
            if (read > 0) continue;
            if (!cursor.AtHistogram) return samples;
            while ((read = cursor.NextHistograms(times.AsSpan(0, 5), histograms)) > 0)
            {
                for (int i = 0; i < read; i++) samples.Add((times[i], histograms[i]));
            }
        }
    }
}
