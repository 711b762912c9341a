using static Streamline.Storage.Tests.Scenario;

namespace Streamline.Storage.Tests.Compaction;

public sealed class RetentionTests
{
    private static Scenario Open(long bytes, double percentage = 0, long disk = 0)
    {
        // One length of block only: retention is what is looked at.
        var s = new Scenario(o => o with { RetentionMs = 0, MaxBlockDurationMs = 2 * Hour, RetentionBytes = bytes, RetentionPercentage = percentage, FileSystemBytes = _ => disk });
        for (long t = 0; t < 12 * Hour; t += 60_000) s.Commit(("a,x=1", Start + t, Math.Sin(t)), ("a,x=2", Start + t, t));
        return s;
    }

    private static long BytesUnder(string path) => Directory.GetFiles(path, "*", SearchOption.AllDirectories).Sum(f => new FileInfo(f).Length);

    private static long LogBytes(Scenario s) => BytesUnder(s.Wal) + BytesUnder(Path.Combine(s.Options.Path, "chunks_head"));

    [Fact]
    public void Size_DropsTheOldestBlocks_AndCountsTheLog()
    {
        using var unlimited = Open(0);
        unlimited.Db.Maintain();
        Assert.Equal(5, unlimited.Db.Blocks.Count);
        long newestTwo = LogBytes(unlimited) + unlimited.Db.Blocks.TakeLast(2).Sum(b => BytesUnder(b.Path));
        using var s = Open(newestTwo + 100);
        s.Db.Maintain();
        Assert.Equal([6 * Hour, 8 * Hour], s.Db.Blocks.Select(b => b.MinTimeMs - Start));
        Assert.Equal(2, Directory.GetDirectories(s.Options.Path, "0*").Length);
        using var tight = Open(newestTwo - 100);
        tight.Db.Maintain();
        Assert.Equal([8 * Hour], tight.Db.Blocks.Select(b => b.MinTimeMs - Start));
        using var nothing = Open(10);
        nothing.Db.Maintain();
        Assert.Empty(nothing.Db.Blocks);
        Assert.Equal(1, nothing.Commit(("a,x=1", Start + 12 * Hour, 1)).Accepted);
    }

    [Fact]
    public void Percentage_TakesThePlaceOfTheSize_UnlessTheDiskIsUnknown()
    {
        using var unlimited = Open(0);
        unlimited.Db.Maintain();
        long newestThree = LogBytes(unlimited) + unlimited.Db.Blocks.TakeLast(3).Sum(b => BytesUnder(b.Path)) + 100;
        using var share = Open(10, percentage: 25, disk: newestThree * 4);
        share.Db.Maintain();
        Assert.Equal(3, share.Db.Blocks.Count);
        using var unknown = Open(newestThree, percentage: 1, disk: 0);
        unknown.Db.Maintain();
        unknown.Db.Maintain();
        Assert.Equal(3, unknown.Db.Blocks.Count);
        Assert.Single(unknown.Log, l => l.StartsWith("Warning", StringComparison.Ordinal));
    }

    [Fact]
    public void Change_TakesEffectWithTheNextMaintenance()
    {
        using var s = Open(0);
        s.Db.Maintain();
        int blocks = s.Db.Blocks.Count;
        s.Db.Retention = new RetentionLimits(0, s.Db.Blocks.TakeLast(2).Sum(b => BytesUnder(b.Path)) + LogBytes(s) + 100);
        Assert.Equal(blocks, s.Db.Blocks.Count);
        s.Db.Maintain();
        Assert.Equal(2, s.Db.Blocks.Count);
    }

    [Fact]
    public void FileSystem_TellsItsSize() => Assert.True(new TsdbOptions { Path = "x" }.FileSystemBytes(Path.GetTempPath()) > 0);
}
