using Streamline.Storage.Tests.Histograms;
using static Streamline.Storage.Tests.Histograms.HistogramStoreTests;
using static Streamline.Storage.Tests.Scenario;

namespace Streamline.Storage.Tests.OutOfOrder;

/// <summary>Native histograms that come out of order, alone and among floats.</summary>
public sealed class OutOfOrderHistogramTests
{
    private static readonly NativeHistogram One = HistogramSamples.Of(new() { [0] = 1, [2] = 3 }, sum: 5), Two = HistogramSamples.Of(new() { [0] = 2, [5] = 1 }, sum: 9);

    private static string Text(NativeHistogram histogram) => HistogramSamples.Text(histogram);

    private static Scenario Window(double hours) => new(o => o with { OutOfOrderWindowMs = (long)(hours * Hour), RetentionMs = 0 });

    [Fact]
    public void LateHistograms_AreJudgedAndReadAsFloatsAre()
    {
        using var s = Window(1);
        Commit(s, ("h", Start + 10, One), ("h", Start + 40, Two));
        var result = Commit(s, ("h", Start + 20, Two), ("h", Start + 20, One), ("h", Start + 30, null), ("h", Start - Hour, One), ("h", Start + 40, Two), ("h", Start + 40, One));
        Assert.Equal((4, 3, 1, 1), (result.Accepted, result.AcceptedHistograms, result.RejectedBy(RejectReason.TooOld), result.RejectedBy(RejectReason.Duplicate)));
        var counters = s.Head.Counters;
        Assert.Equal((1, 1, 1, 0), (counters.OutOfOrderAppended.Value, counters.OutOfOrderHistogramsAppended.Value, counters.TooOldHistograms.Value, counters.TooOld.Value));
        string[] expected = [$"h 10:{Text(One)} 20:{Text(Two)} 30:float 40:{Text(Two)}"];
        Assert.Equal(expected, HistogramStoreTests.Read(s.Db));
        Assert.Equal(expected, HistogramStoreTests.Read(s.CrashAndReopen().Db));
        s.Db.OutOfOrderWindowMs = 0;
        Assert.Equal(1, Commit(s, ("h", Start + 25, One)).RejectedBy(RejectReason.OutOfOrder));
        Assert.Equal(1, s.Head.Counters.OutOfOrderHistograms.Value);
    }

    [Fact]
    public void HintOfALateHistogram_IsForgotten_UnlessItIsAGauge()
    {
        using var s = Window(1);
        var reset = HistogramSamples.Of(new() { [0] = 1 }, hint: CounterResetHint.Reset);
        var gauge = HistogramSamples.Of(new() { [0] = 1 }, hint: CounterResetHint.Gauge);
        Commit(s, ("h", Start + 40, One), ("h", Start + 20, reset), ("h", Start + 30, gauge));
        using var set = s.Db.Select([], TimeRange.All, SelectHints.None);
        using var cursor = set.Open(0);
        var times = new long[5];
        var histograms = new NativeHistogram[5];
        Assert.Equal(0, cursor.Next(times, new double[5]));
        int read = 0;
        for (int more; (more = cursor.NextHistograms(times.AsSpan(read), histograms.AsSpan(read))) > 0;) read += more;
        Assert.Equal([CounterResetHint.Unknown, CounterResetHint.Gauge, CounterResetHint.Unknown], histograms[..read].Select(h => h.ResetHint));
    }

    [Fact]
    public void RandomMix_IsTheSameInHeadLogAndBlocks()
    {
        using var s = Window(24);
        var random = new Random(17);
        var expected = new SortedDictionary<long, string>();
        var walk = HistogramSamples.Walk(5, 400, integer: true);
        for (int i = 0; i < walk.Count; i++)
        {
            long newest = Start + i * 60_000L, late = Math.Max(0, newest - random.Next(1, (int)(3 * Hour)) * 2L - 1);
            Commit(s, ("a", newest, null), ("h", newest, walk[i].Histogram));
            expected[newest] = Text(walk[i].Histogram);
            var histogram = random.Next(3) == 0 ? null : walk[random.Next(walk.Count)].Histogram;
            if (expected.ContainsKey(late)) continue;
            Assert.Equal(1, Commit(s, ("h", late, histogram)).Accepted);
            expected[late] = histogram is null ? "float" : Text(histogram);
        }
        string line = "h" + string.Concat(expected.Select(e => $" {e.Key - Start}:{e.Value}"));
        Assert.Equal(line, HistogramStoreTests.Read(s.Db)[1]);
        Assert.Equal(line, HistogramStoreTests.Read(s.CrashAndReopen().Db)[1]);
        for (int i = 0; i < 8; i++)
        {
            s.Db.Maintain();
            Assert.Equal(line, HistogramStoreTests.Read(s.Db)[1]);
        }
        Assert.True(s.Head.OutOfOrder.Count == 0 && s.Db.Blocks.Count > 0);
        Assert.Equal(line, HistogramStoreTests.Read(s.CrashAndReopen().Db)[1]);
        foreach (var block in s.Db.Blocks)
        {
            using var stored = StoredBlock.Open(block.Path);
            Assert.Empty(stored.Verify());
        }
    }
}
