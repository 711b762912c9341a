using Streamline.Tests.Shared;
using static Streamline.Storage.Tests.Scenario;

namespace Streamline.Storage.Tests.Compaction;

/// <summary>What an operator may say of cuts, compactions and files.</summary>
public sealed class CompactionChoiceTests
{
    private static void Fill(Scenario s, int fromHours, int toHours)
    {
        for (long t = fromHours * Hour; t < toHours * Hour; t += 300_000) s.Commit(("a", Start + t, Math.Sin(t)), ("b", Start + t, t));
    }

    private static void MaintainOften(Scenario s)
    {
        for (int i = 0; i < 8; i++) s.Db.Maintain();
    }

    [Fact]
    public void BlocksHeldBack_AndThoseMadeLater_AreNotCompacted_UntilTheyAreLetGo()
    {
        var uploaded = new HashSet<string>();
        var cut = new List<BlockInfo>();
        using var s = new Scenario(o => o with { RetentionMs = 0, HoldsBack = b => b.Level == 1 && !uploaded.Contains(b.Ulid) });
        s.Db.BlockWritten += cut.Add;
        Fill(s, 0, 28);
        MaintainOften(s);
        Assert.Equal(cut.Count, s.Db.Blocks.Count);
        Assert.True(cut.Count > 10);
        string[] before = s.Read();
        // All but the first: compacting around it would leave a gap.
        uploaded.UnionWith(cut.Select(b => b.Ulid).Order(StringComparer.Ordinal).Skip(1));
        MaintainOften(s);
        Assert.Equal(cut.Count, s.Db.Blocks.Count);
        uploaded.UnionWith(cut.Select(b => b.Ulid));
        MaintainOften(s);
        Assert.True(s.Db.Blocks.Count <= cut.Count / 2);
        Assert.Equal(before, s.Read());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void OverlappingBlocks_AreMergedUnlessToldNotTo(bool merges)
    {
        using var s = new Scenario(o => o with { RetentionMs = 0, OutOfOrderWindowMs = 3 * Hour, MergesOverlapping = merges });
        Fill(s, 0, 2);
        s.Commit(("a", Start + 7, 1), ("b", Start + 9, 2));
        Fill(s, 2, 4);
        MaintainOften(s);
        string[] before = s.Read();
        Assert.Equal(merges ? 1 : 2, s.Db.Blocks.Count);
        Assert.Equal(before, s.CrashAndReopen().Read());
    }

    [Fact]
    public void ChunkSegments_HaveTheSizeAsked()
    {
        var random = new Random(1);
        using var s = new Scenario(o => o with { MaxChunkSegmentBytes = 1 << 20 });
        for (long t = 0; t < 4 * Hour; t += 15_000)
        {
            var samples = new (string, long, double)[300];
            for (int i = 0; i < samples.Length; i++) samples[i] = ($"m,i={i}", Start + t, random.NextDouble());
            s.Commit(samples);
        }
        s.Db.Maintain();
        string[] segments = Directory.GetFiles(Path.Combine(s.Db.Blocks[0].Path, "chunks"));
        Assert.InRange(segments.Length, 2, 3);
        Assert.All(segments, f => Assert.InRange(new FileInfo(f).Length, 1, 1 << 20));
    }

    [Fact]
    public void CutWithADelay_WaitsNoLongerThanItsShareOfABlock()
    {
        using var s = new Scenario(o => o with { CutDelayPercent = 100 });
        Fill(s, 0, 4);
        s.Db.Maintain();
        int waited = 0;
        for (; s.Db.Blocks.Count == 0 && waited < 121; waited++)
        {
            ((ManualTimeProvider)s.Options.Time).Advance(TimeSpan.FromMinutes(1));
            s.Db.Maintain();
        }
        Assert.InRange(waited, 0, 120);
        Assert.Single(s.Db.Blocks);
    }

    [Theory]
    [InlineData("nfs4", true)]
    [InlineData("ext4", false)]
    [InlineData("", false)]
    public void NetworkFileSystem_IsWarnedOf(string format, bool warned)
    {
        using var s = new Scenario(o => o with { FileSystemFormat = _ => format });
        Assert.Equal(warned, s.Log.Exists(l => l.StartsWith("Warning", StringComparison.Ordinal) && l.Contains("NFS", StringComparison.Ordinal)));
    }

    [Fact]
    public void WithoutALockFile_NoneIsMade()
    {
        using var s = new Scenario(o => o with { NoLockFile = true });
        s.Commit(("a", Start, 1));
        Assert.False(File.Exists(Path.Combine(s.Options.Path, "lock")));
        Assert.Equal(["{__name__=\"a\"} 0=1"], s.CrashAndReopen().Read());
    }
}
