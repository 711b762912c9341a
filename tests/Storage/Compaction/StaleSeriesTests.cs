using Streamline.Storage.Blocks;
using Streamline.Storage.Files;
using Streamline.Storage.Tests.Files;
using static Streamline.Storage.Tests.Scenario;
using HistogramSamples = Streamline.Storage.Tests.Histograms.HistogramSamples;

namespace Streamline.Storage.Tests.Compaction;

/// <summary>Early compaction of series that have ended.</summary>
public sealed class StaleSeriesTests
{
    private static Scenario With(double threshold, bool failing = false) =>
        new(o => o with { StaleSeriesThreshold = threshold, WalSegmentBytes = 32 << 10, OutOfOrderWindowMs = Hour }, failing);

    /// <summary>Ten series a step of 15 s; of the first <paramref name="ending"/> the last sample is a stale marker.</summary>
    private static void Fill(Scenario s, int from, int to, int ending = 0)
    {
        for (int step = from; step < to; step++)
        {
            for (int i = 0; i < 10; i++) s.Commit(($"m,i={i}", TimeOf(step), i < ending && step == to - 1 ? StaleMarker.Value : step * i + 0.5));
        }
    }

    private static long TimeOf(int step) => Start + step * 15_000L;

    private static bool InHead(Scenario s, int series) => s.Db.TryFind(Series($"m,i={series}"), out _);

    private static IReadOnlyList<string>? HintsOf(Scenario s, string ulid) => BlockMeta.Read(DataFiles.Disk, Path.Combine(s.Options.Path, ulid)).Compaction.Hints;

    [Theory]
    [InlineData(0, 10, false)]
    [InlineData(0.5, 4, false)]
    [InlineData(0.5, 5, true)]
    [InlineData(1, 9, false)]
    [InlineData(1, 10, true)]
    public void Threshold_IsTheShareOfAllSeries(double threshold, int ending, bool compacted)
    {
        using var s = With(threshold);
        Fill(s, 0, 300, ending);
        Assert.Equal(ending, s.Head.StaleSeries);
        string[] before = s.Read();
        s.Db.Maintain();
        Assert.Equal(compacted ? 10 - ending : 10, s.Head.Series.Count);
        Assert.Equal(compacted ? 1 : 0, s.Db.Blocks.Count);
        Assert.Equal(before, s.Read());
        Assert.Equal(compacted ? 0 : ending, s.Head.StaleSeries);
    }

    [Fact]
    public void StaleSeries_AreInABlockWithTheHint_AndStayThereAfterAnyRestart()
    {
        using var s = With(0.5);
        // Over a border of ranges: a block each.
        Fill(s, 300, 600, 6);
        string[] before = s.Read();
        s.Db.Maintain();
        Assert.Equal(2, s.Db.Blocks.Count);
        Assert.All(s.Db.Blocks, b => Assert.Equal([BlockHints.FromStaleSeries], HintsOf(s, b.Ulid)!));
        Assert.Equal(4, s.Head.Series.Count);
        Assert.Equal(before, s.Read());
        Assert.Equal(before, s.CrashAndReopen().Read());
        Assert.Equal(4, s.Head.Series.Count);
        Assert.Equal(before, s.Reopen().Read());
        Assert.Equal(4, s.Head.Series.Count);
        // The head has not moved on: the others still take what is due.
        Assert.Equal(1, s.Commit(("m,i=7", TimeOf(600), 1)).Accepted);
        Assert.DoesNotContain(s.Log, l => l.Contains("unknown series", StringComparison.Ordinal));
    }

    [Fact]
    public void SeriesThatComesBack_IsANewOne_AndLosesNothing()
    {
        using var s = With(0.5);
        Fill(s, 0, 200, 6);
        ulong old = s.Resolve("m,i=2").Ref;
        s.Db.Maintain();
        Assert.True(s.Resolve("m,i=2").Ref > old);
        for (int round = 0; round < 3; round++)
        {
            Fill(s, 200 + round * 50, 250 + round * 50, round == 1 ? 8 : 0);
            s.Db.Maintain();
            string[] before = s.Read();
            Assert.Equal(before, s.CrashAndReopen().Read());
            Assert.Equal(before, s.Reopen().Read());
        }
    }

    [Fact]
    public void SeriesThatComesBackMeanwhile_Stays()
    {
        using var s = With(0.5);
        Fill(s, 0, 200, 6);
        // Another source takes it up while the block is written.
        s.Db.BlockWritten += _ => s.Commit(("m,i=3", TimeOf(200), 1), ("m,i=3", TimeOf(201), StaleMarker.Value));
        s.Db.BlockWritten += _ => s.Resolve("m,i=4");
        // And one by a handle that it has had for long.
        var held = s.Resolve("m,i=5");
        s.Db.BlockWritten += _ =>
        {
            var batch = new SampleBatch("test");
            batch.Add(held, TimeOf(200), 1);
            batch.Add(held, TimeOf(201), StaleMarker.Value);
            Assert.Equal(2, s.Db.Commit(batch).Accepted);
        };
        s.Db.Maintain();
        Assert.Equal([3, 4, 5, 6, 7, 8, 9], Enumerable.Range(0, 10).Where(i => InHead(s, i)));
        Assert.EndsWith(" 3000000=1 3015000=stale", s.Read(new LabelMatcher(MatchOperator.Equal, "i", "3")).Single(), StringComparison.Ordinal);
        string[] before = s.Read();
        Assert.Equal(before, s.CrashAndReopen().Read());
    }

    [Fact]
    public void LateSamplesAndDeletions_AreKeptInMind()
    {
        using var s = With(0.5);
        Fill(s, 0, 200, 7);
        Assert.Equal(1, s.Commit(("m,i=1", TimeOf(3) + 1, 99)).Accepted);
        s.Db.Delete([new LabelMatcher(MatchOperator.Equal, "i", "2")], new TimeRange(TimeOf(0), TimeOf(150)));
        string[] before = s.Read();
        s.Db.Maintain();
        Assert.Equal([1, 7, 8, 9], Enumerable.Range(0, 10).Where(i => InHead(s, i)));
        Assert.Equal(before, s.Read());
        Assert.Equal(before, s.CrashAndReopen().Read());
    }

    [Fact]
    public void Histograms_OfBothKinds_AreStaleToo()
    {
        using var s = With(0.3);
        Fill(s, 0, 3);
        var (integer, real) = (HistogramSamples.Walk(1, 50, integer: true, calm: true), HistogramSamples.Walk(2, 50, integer: false, calm: true));
        var batch = new SampleBatch("test");
        for (int i = 0; i < 50; i++)
        {
            batch.Add(s.Resolve("hi"), TimeOf(i), integer[i].Histogram);
            batch.Add(s.Resolve("hf"), TimeOf(i), real[i].Histogram);
            batch.Add(s.Resolve("lives"), TimeOf(i), real[i].Histogram);
        }
        // A scrape's marker is a float; it becomes one of the series' kind.
        foreach (string name in (string[])["hi", "hf", "m,i=1", "m,i=2"]) batch.Add(s.Resolve(name), TimeOf(50), StaleMarker.Value);
        Assert.Equal(154, s.Db.Commit(batch).Accepted);
        batch.Release();
        Assert.Equal(4, s.Head.StaleSeries);
        long histograms = s.Head.HistogramSeries;
        s.Db.Maintain();
        Assert.Equal((0, 9, histograms - 2), (s.Head.StaleSeries, s.Head.Series.Count, s.Head.HistogramSeries));
        var stats = BlockMeta.Read(DataFiles.Disk, Assert.Single(s.Db.Blocks).Path).Stats;
        Assert.Equal((102, 8), (stats.NumHistogramSamples, stats.NumFloatSamples));
    }

    [Fact]
    public void NextCut_AndTheCheckpointsBehindIt_ForgetThem()
    {
        using var s = With(0.5);
        Fill(s, 0, 200, 6);
        s.Db.Maintain();
        for (int round = 0; round < 8; round++)
        {
            // Only four go on.
            for (int step = 200 + round * 240; step < 440 + round * 240; step++)
            {
                for (int i = 6; i < 10; i++) s.Commit(($"m,i={i}", TimeOf(step), step));
            }
            s.Db.Maintain();
            string[] before = s.Read();
            Assert.Equal(before, s.CrashAndReopen().Read());
            Assert.Equal(4, s.Head.Series.Count);
        }
        Assert.NotEmpty(Directory.GetDirectories(s.Wal, "checkpoint.*"));
        Assert.DoesNotContain(s.Log, l => l.Contains("unknown series", StringComparison.Ordinal));
    }

    [Fact]
    public void CutThatIsNear_TakesThemAlong()
    {
        using var s = With(0.5);
        for (int step = 0; step <= 690; step += 3) s.Commit(("m,i=1", TimeOf(step), step == 690 ? StaleMarker.Value : 1));
        s.Db.Maintain();
        Assert.Empty(s.Db.Blocks);
        Assert.True(InHead(s, 1));
    }

    [Fact]
    public void LogThatCannotBeWritten_LeavesTheSeriesInTheHead()
    {
        using var s = With(0.5, failing: true);
        Fill(s, 0, 200, 6);
        string[] before = s.Read();
        s.Db.BlockWritten += _ => s.Files.On("write wal/*", Fault.NoSpace);
        s.Db.Maintain();
        Assert.Equal(10, s.Head.Series.Count);
        Assert.Equal(before, s.Read());
        s.Files.Heal();
        Assert.Contains(s.Log, l => l.StartsWith("Error: stale series compaction failed", StringComparison.Ordinal));
    }
}
