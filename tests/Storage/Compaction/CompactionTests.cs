using Streamline.Storage.Blocks;
using Streamline.Storage.Compaction;
using Streamline.Storage.Files;
using Streamline.Storage.Tests.Blocks;
using static Streamline.Storage.Tests.Scenario;

namespace Streamline.Storage.Tests.Compaction;

public sealed class CompactionTests
{
    private static readonly Func<TsdbOptions, TsdbOptions> KeepAll = o => o with { RetentionMs = 0 };

    /// <summary>Samples every five minutes of two series that go on and of one an hour.</summary>
    private static void Fill(Scenario s, int fromHours, int toHours)
    {
        for (long t = fromHours * Hour; t < toHours * Hour; t += 300_000)
            s.Commit(("a,x=1", Start + t, Math.Sin(t)), ("a,x=2", Start + t, t), ($"h,n={t / Hour}", Start + t, 1));
    }

    private static void MaintainUntilQuiet(Scenario s)
    {
        string[] before;
        do
        {
            before = [.. s.Db.Blocks.Select(b => b.Ulid)];
            s.Db.Maintain();
        }
        while (!before.SequenceEqual(s.Db.Blocks.Select(b => b.Ulid)));
    }

    private static string[] Shape(Scenario s) => [.. s.Db.Blocks.Select(b => $"{(b.MinTimeMs - Origin) / Hour}-{(b.MaxTimeMs - Origin) / Hour} L{b.Level}")];

    // Aligned to the longest range used here, so that hours count from a border of every range.
    private const long Origin = Start / (18 * Hour) * (18 * Hour);

    private static int FirstHour => (int)((18 * Hour - (Start - Origin)) / Hour);

    [Fact]
    public void Blocks_GrowThroughTheRanges_AndReadAsBefore()
    {
        using var s = new Scenario(KeepAll);
        int first = FirstHour;
        var written = new List<BlockInfo>();
        s.Db.BlockWritten += written.Add;
        Fill(s, first, first + 28);
        string[] before = s.Read();
        MaintainUntilQuiet(s);
        Assert.Equal(["18-36 L3", "36-42 L2", "42-44 L1"], Shape(s));
        Assert.Equal(before, s.Read());
        Assert.Equal(13, written.Count);
        Assert.All(written, b => Assert.Equal(1, b.Level));
        var meta = BlockMeta.Read(DataFiles.Disk, s.Db.Blocks[0].Path);
        Assert.Equal(written.Take(9).Select(b => b.Ulid).Order(StringComparer.Ordinal), meta.Compaction.Sources);
        Assert.Equal([Origin + 18 * Hour, Origin + 24 * Hour, Origin + 30 * Hour], meta.Compaction.Parents!.Select(p => p.MinTimeMs));
        Assert.Equal(s.Db.Blocks.Count, Directory.GetDirectories(s.Options.Path, "0*").Length);
        Assert.Equal(before, s.CrashAndReopen().Read());
    }

    [Theory]
    [InlineData(6, 0, "18-24 L2|24-30 L2|30-36 L2|36-38 L1")]
    [InlineData(2, 0, "18-20 L1|20-22 L1|22-24 L1|24-26 L1|26-28 L1|28-30 L1|30-32 L1|32-34 L1|34-36 L1|36-38 L1")]
    [InlineData(0, 60, "18-24 L2|24-30 L2|30-36 L2|36-38 L1")]
    public void MaxBlockDuration_OrATenthOfTheRetention_EndsTheGrowth(int maxHours, int retentionHours, string shape)
    {
        using var s = new Scenario(o => o with { MaxBlockDurationMs = maxHours * Hour, RetentionMs = retentionHours * Hour });
        Fill(s, FirstHour, FirstHour + 22);
        MaintainUntilQuiet(s);
        Assert.Equal(shape.Split('|'), Shape(s));
    }

    [Fact]
    public void OnePass_CompactsOnce()
    {
        using var s = new Scenario(KeepAll);
        Fill(s, FirstHour, FirstHour + 28);
        s.Db.Maintain();
        Assert.Equal(11, s.Db.Blocks.Count);
        s.Db.Maintain();
        Assert.Equal(9, s.Db.Blocks.Count);
    }

    [Fact]
    public void OverlappingBlocks_AreMerged_OneOfTwoStaysAtEqualTimes()
    {
        using var s = new Scenario(KeepAll);
        using var source = new BlockFixture();
        var one = source.Write([(Series("a"), [.. Samples(0, 500, 1000, 1)]), (Series("only1"), [.. Samples(0, 10, 1000, 1)])])!;
        var two = source.Write([(Series("a"), [.. Samples(200, 900, 500, 2)]), (Series("b"), [.. Samples(200, 300, 1000, 2)])])!;
        foreach (var meta in new[] { one, two }) Directory.Move(Path.Combine(source.Path, meta.Ulid), Path.Combine(s.Options.Path, meta.Ulid));
        var merged = Samples(0, 500, 1000, 1).Concat(Samples(200, 900, 500, 2)).ToLookup(p => p.Time, p => p.Value);
        s.Db.Maintain();
        var block = Assert.Single(s.Db.Blocks);
        Assert.Equal((2, one.MinTimeMs, Math.Max(one.MaxTimeMs, two.MaxTimeMs)), (block.Level, block.MinTimeMs, block.MaxTimeMs));
        Assert.Equal((merged.Count + 10L + 100, 3L), (block.NumSamples, block.NumSeries));
        using var set = s.Db.Select([new LabelMatcher(MatchOperator.Equal, "__name__", "a")], TimeRange.All, SelectHints.None);
        var read = Scenario.Samples(set, 0);
        Assert.Equal(merged.Select(p => p.Key).Order(), read.Select(r => r.Time));
        Assert.All(read, r => Assert.Contains(r.Value, merged[r.Time]));
        Assert.InRange(block.NumChunks, 3, 16);
    }

    /// <summary>In the middle of a series what came late takes the place of what it meets, wherever both lie.</summary>
    [Fact]
    public void OutOfOrderBlock_IsMergedWithTheOneOfItsTime_AndItsSamplesStay()
    {
        using var s = new Scenario(o => KeepAll(o) with { OutOfOrderWindowMs = 24 * Hour });
        for (long t = 0; t < 4 * Hour; t += 60_000) s.Commit(("a", Start + t, 1), ("b", Start + t, 1));
        s.Commit(("a", Start + Hour, 2), ("a", Start + Hour + 60_000, 2), ("a", Start + Hour + 90_000, 2));
        string[] before = s.Read();
        var written = new List<string>();
        s.Db.BlockWritten += b => written.Add(string.Join(',', BlockMeta.Read(DataFiles.Disk, b.Path).Compaction.Hints ?? []));
        s.Db.Maintain();
        Assert.Equal(["", "from-out-of-order"], written);
        var block = Assert.Single(s.Db.Blocks);
        Assert.Equal((2, 241L), (block.Level, block.NumSamples));
        Assert.Null(BlockMeta.Read(DataFiles.Disk, block.Path).Compaction.Hints);
        Assert.Equal(before, s.Read());
        Assert.Contains($"{Hour}=2 {Hour + 60_000}=2 {Hour + 90_000}=2 {Hour + 120_000}=1", before[0], StringComparison.Ordinal);
    }

    [Fact]
    public void RandomOverlaps_ReadAsBefore_AndPromtoolAgrees()
    {
        using var s = new Scenario(KeepAll);
        using var source = new BlockFixture();
        for (int seed = 1; seed <= 4; seed++)
        {
            var meta = source.Write(BlockFixture.Generate(20, 60 * seed, seed), samplesPerChunk: 17 * seed)!;
            Directory.Move(Path.Combine(source.Path, meta.Ulid), Path.Combine(s.Options.Path, meta.Ulid));
        }
        s.Reopen();
        string[] before = s.Read();
        s.Db.Maintain();
        Assert.Single(s.Db.Blocks);
        Assert.Equal(before, s.Read());
        Assert.Equal(before.Sum(l => l.Split(' ').Count(w => w.Contains('=', StringComparison.Ordinal) && !w.Contains('"', StringComparison.Ordinal))), Promtool.Dump(s.Options.Path).Count);
    }

    [Fact]
    public void DamagedBlock_IsFlagged_AndTheRestGoesOn()
    {
        using var s = new Scenario(KeepAll);
        Fill(s, FirstHour, FirstHour + 8);
        s.Crash();
        s.Open();
        s.Db.Maintain();
        // The first pass has cut three blocks, which fill no range before a newer one stands behind them.
        string victim = Path.Combine(s.Db.Blocks[1].Path, "chunks", "000001");
        byte[] bytes = File.ReadAllBytes(victim);
        bytes[^20] ^= 1;
        File.WriteAllBytes(victim, bytes);
        Fill(s, FirstHour + 8, FirstHour + 18);
        MaintainUntilQuiet(s);
        s.Db.Maintain();
        Assert.Equal(["18-20 L1", "20-22 L1", "22-24 L1", "24-30 L2", "30-32 L1", "32-34 L1"], Shape(s));
        Assert.All(s.Db.Blocks.Take(3), b => Assert.True(BlockMeta.Read(DataFiles.Disk, b.Path).Compaction.Failed));
        Assert.Single(s.Log, l => l.StartsWith("Error: compaction", StringComparison.Ordinal));
        Assert.Empty(Directory.GetDirectories(s.Options.Path, "*.tmp*"));
    }

    [Fact]
    public void CrashBeforeTheParentsAreDeleted_LeavesOneCopy()
    {
        using var s = new Scenario(KeepAll);
        Fill(s, FirstHour, FirstHour + 8);
        MaintainUntilQuiet(s);
        Assert.Equal(3, s.Db.Blocks.Count);
        var parents = s.Db.Blocks.ToList();
        string aside = Directory.CreateTempSubdirectory("streamline-aside-").FullName;
        foreach (var parent in parents) StoredBlock.Link(parent.Path, Path.Combine(aside, parent.Ulid));
        Fill(s, FirstHour + 8, FirstHour + 10);
        MaintainUntilQuiet(s);
        string[] before = s.Read(), shape = Shape(s);
        Assert.Equal("18-24 L2", shape[0]);
        s.Crash();
        foreach (var parent in parents) Directory.Move(Path.Combine(aside, parent.Ulid), parent.Path);
        Directory.CreateDirectory(Path.Combine(s.Options.Path, parents[0].Ulid[..^1] + "Z.tmp-for-creation", "chunks"));
        s.Open();
        Assert.Equal(shape, Shape(s));
        Assert.Equal(before, s.Read());
        Assert.Equal(shape.Length, Directory.GetDirectories(s.Options.Path, "0*").Length);
        Directory.Delete(aside);
    }

    [Fact]
    public void Closing_EndsACompaction_AndNothingIsLeft()
    {
        using var fixture = new BlockFixture();
        var metas = new[] { fixture.Write(BlockFixture.Generate(20, 60, 1))!, fixture.Write(BlockFixture.Generate(20, 60, 2))! };
        int asked = 0;
        var compactor = new BlockCompactor(DataFiles.Disk, fixture.Path, TimeProvider.System, () => ++asked == 10);
        var readers = metas.Select(fixture.Open).ToList();
        Assert.Throws<OperationCanceledException>(() => compactor.Write(readers, 2));
        foreach (var reader in readers) reader.Dispose();
        Assert.Equal(2, Directory.GetDirectories(fixture.Path).Length);
    }

    private static IEnumerable<(long Time, double Value)> Samples(int from, int to, long step, double value)
    {
        for (long t = from * 1000L; t < to * 1000L; t += step) yield return (Start + t, value + t);
    }
}
