using Streamline.Storage.Blocks;
using Streamline.Storage.Files;
using Streamline.Storage.Tests.Files;
using static Streamline.Storage.Tests.Scenario;

namespace Streamline.Storage.Tests.Compaction;

public sealed class DeleteTests
{
    private static readonly LabelMatcher[] All = [new(MatchOperator.Equal, "__name__", "a")];
    private static readonly LabelMatcher[] One = [.. All, new(MatchOperator.Equal, "x", "1")];

    private static Scenario Filled(int hours, Func<TsdbOptions, TsdbOptions>? configure = null, bool failing = false)
    {
        var s = new Scenario(o => (configure ?? (c => c))(o with { RetentionMs = 0, MaxBlockDurationMs = 2 * Hour }), failing);
        Fill(s, 0, hours);
        return s;
    }

    private static void Fill(Scenario s, int fromHours, int toHours)
    {
        for (long t = fromHours * Hour; t < toHours * Hour; t += 60_000) s.Commit(("a,x=1", Start + t, Math.Sin(t)), ("a,x=2", Start + t, t), ("b", Start + t, 1));
    }

    private static List<long> Times(Tsdb store, LabelMatcher[] matchers)
    {
        using var set = store.Select(matchers, TimeRange.All, SelectHints.None);
        return set.Count == 0 ? [] : [.. Samples(set, 0).Select(p => p.Time - Start)];
    }

    private static List<long> Without(int hours, long from, long to) => [.. Enumerable.Range(0, hours * 60).Select(m => m * 60_000L).Where(t => t < from || t > to)];

    [Fact]
    public void Delete_AcrossBlocksAndHead_StaysDeleted()
    {
        using var s = Filled(8);
        s.Db.Maintain();
        Assert.Equal(3, s.Db.Blocks.Count);
        s.Db.Delete(One, new TimeRange(Start + Hour, Start + 7 * Hour));
        var expected = Without(8, Hour, 7 * Hour);
        Assert.Equal(expected, Times(s.Db, One));
        Assert.Equal(480, Times(s.Db, [.. All, new LabelMatcher(MatchOperator.Equal, "x", "2")]).Count);
        Assert.Equal([1L, 1L, 1L], s.Db.Blocks.Select(b => BlockMeta.Read(DataFiles.Disk, b.Path).Stats.NumTombstones));
        Assert.Equal(expected, Times(s.CrashAndReopen().Db, One));
        Assert.Equal(s.Read().Sum(SampleCount), Promtool.Dump(s.Options.Path).Count);
        // The head's part goes into a block without what was deleted.
        Fill(s, 8, 12);
        s.Db.Maintain();
        Assert.Equal([.. expected, .. Enumerable.Range(480, 240).Select(m => m * 60_000L)], Times(s.Db, One));
        Assert.Equal([.. expected, .. Enumerable.Range(480, 240).Select(m => m * 60_000L)], Times(s.CrashAndReopen().Db, One));
        Assert.Equal(120 + 120 + 59, s.Db.Blocks[3].NumSamples);
        Assert.Equal(s.Read().Sum(SampleCount), Promtool.Dump(s.Options.Path).Count);
    }

    [Fact]
    public void Delete_InTheHead_LeavesLaterSamplesAlone()
    {
        using var s = Filled(1);
        s.Db.Delete(One, TimeRange.All);
        Assert.Equal(2, s.Read().Length);
        Assert.Empty(Times(s.Db, One));
        s.Commit(("a,x=1", Start + Hour, 5));
        Assert.Equal([Hour], Times(s.Db, One));
        Assert.Equal([Hour], Times(s.CrashAndReopen().Db, One));
        Assert.Contains("{__name__=\"a\", x=\"1\"} 5 " + (Start + Hour), Promtool.Dump(s.Options.Path));
    }

    [Fact]
    public void Delete_WhenTheLogCannotBeWritten_DeletesNothing()
    {
        using var s = Filled(1, failing: true);
        s.Files.On("write wal/*", Fault.NoSpace);
        Assert.Throws<IOException>(() => s.Db.Delete(One, TimeRange.All));
        Assert.Equal(60, Times(s.Db, One).Count);
    }

    [Fact]
    public void CleanTombstones_RewritesBlocks_AndDeletesEmptyOnes()
    {
        using var s = Filled(8);
        s.Db.Maintain();
        var written = new List<BlockInfo>();
        s.Db.BlockWritten += written.Add;
        string untouched = s.Db.Blocks[1].Ulid;
        s.Db.Delete(One, new TimeRange(Start, Start + Hour));
        s.Db.Delete([], new TimeRange(Start + 4 * Hour, Start + 6 * Hour - 1));
        string[] before = s.Read();
        s.Db.CleanTombstones();
        Assert.Equal(before, s.Read());
        // The newest is empty but stays: the log still has its samples.
        Assert.Equal(3, s.Db.Blocks.Count);
        Assert.Equal((59L + 120 + 120, 3L, 1), (s.Db.Blocks[0].NumSamples, s.Db.Blocks[0].NumSeries, s.Db.Blocks[0].Level));
        Assert.Equal(untouched, s.Db.Blocks[1].Ulid);
        Assert.Empty(written);
        Assert.Equal(before, s.CrashAndReopen().Read());
        s.Db.Delete([], new TimeRange(Start, Start + 2 * Hour - 1));
        s.Db.CleanTombstones();
        Assert.Equal(2, s.Db.Blocks.Count);
        Assert.Equal(2, Directory.GetDirectories(s.Options.Path, "0*").Length);
    }

    [Theory]
    [InlineData(2, 8)]
    [InlineData(6, 5)]
    public void Compaction_DropsWhatWasDeleted_AndWhollyDeletedBlocks(int maxHours, int blocks)
    {
        using var s = Filled(8, o => o with { MaxBlockDurationMs = maxHours * Hour });
        s.Db.Maintain();
        s.Db.Delete([], new TimeRange(Start + 2 * Hour, Start + 4 * Hour - 1));
        s.Db.Delete([], new TimeRange(Start, Start + Hour));
        Fill(s, 8, 20);
        string[] before = s.Read();
        for (int i = 0; i < 10; i++) s.Db.Maintain();
        Assert.Equal(before, s.Read());
        Assert.Equal(blocks, s.Db.Blocks.Count);
        Assert.All(s.Db.Blocks.SkipLast(1), b => Assert.Equal(0, BlockMeta.Read(DataFiles.Disk, b.Path).Stats.NumTombstones));
        Assert.Equal(before.Sum(SampleCount), Promtool.Dump(s.Options.Path).Count);
    }

    [Fact]
    public void Snapshot_IsADatabaseByItself_ForBothPrograms()
    {
        using var s = Filled(7);
        s.Db.Maintain();
        s.Db.Delete(One, new TimeRange(Start, Start + 6 * Hour + 600_000));
        string[] before = s.Read();
        string path = Path.Combine(s.Options.Path, "snapshots", s.Db.Snapshot(skipHead: false));
        Assert.Equal(s.Db.Blocks.Count, Directory.GetDirectories(Path.Combine(s.Options.Path, "snapshots", s.Db.Snapshot(skipHead: true))).Length);
        s.Db.Delete([], TimeRange.All);
        Assert.Empty(s.Read());
        Directory.CreateDirectory(Path.Combine(path, "wal"));
        Assert.Equal(before.Sum(SampleCount), Promtool.Dump(path).Count);
        using var copy = Tsdb.Open(new TsdbOptions { Path = path, RetentionMs = 0 });
        Assert.Equal(before, Read(copy, TimeRange.All));
        Assert.Empty(s.CrashAndReopen().Read());
    }

    [Theory]
    [InlineData("5-7", "1-9", "1-9")]
    [InlineData("5-7", "8-9", "5-9")]
    [InlineData("5-7", "9-9", "5-7|9-9")]
    [InlineData("5-7|10-12|20-30", "7-19", "5-30")]
    [InlineData("5-7|10-12", "1-2", "1-2|5-7|10-12")]
    public void Join_KeepsRangesApartAndSorted(string ranges, string added, string expected)
    {
        static TimeRange Parse(string text) => new(long.Parse(text.Split('-')[0], System.Globalization.CultureInfo.InvariantCulture), long.Parse(text.Split('-')[1], System.Globalization.CultureInfo.InvariantCulture));
        List<TimeRange> list = [.. ranges.Split('|').Select(Parse)];
        Tombstones.Join(list, Parse(added));
        Assert.Equal(expected, string.Join('|', list.Select(r => $"{r.MinMs}-{r.MaxMs}")));
    }

    private static int SampleCount(string line) => line.Split("} ")[^1].Split(' ', StringSplitOptions.RemoveEmptyEntries).Length;
}
