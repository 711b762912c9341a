using static Streamline.Storage.Tests.Scenario;

namespace Streamline.Storage.Tests;

public sealed class MetadataTests
{
    private static readonly SeriesMetadata First = new("counter", "seconds", "How long it took."), Second = new("histogram", "", "Zeit f\u00fcr alles");

    [Fact]
    public void Commit_KeptInHeadLogAndCheckpoint_TheNewestCounts()
    {
        using var s = new Scenario(o => o with { WalSegmentBytes = 32 << 10 });
        Commit(s, "a", First);
        Commit(s, "b", First);
        Commit(s, "a", Second);
        Assert.Equal(Second, s.Db.MetadataOf(s.Resolve("a")));
        long before = new FileInfo(s.Segments[^1]).Length;
        Commit(s, "a", Second);
        Assert.Equal(before, new FileInfo(s.Segments[^1]).Length);
        s.CrashAndReopen();
        Assert.Equal((Second, First), (s.Db.MetadataOf(s.Resolve("a")), s.Db.MetadataOf(s.Resolve("b"))));
        for (long t = 0; t < 8 * Hour; t += 5_000) s.Commit(("a", Start + t, t), ($"long,pad={new string('p', 300)}", Start + t, t));
        for (int i = 0; i < 5; i++) s.Db.Maintain();
        Assert.NotEmpty(Directory.GetDirectories(s.Wal));
        s.CrashAndReopen();
        Assert.Equal(Second, s.Db.MetadataOf(s.Resolve("a")));
        Assert.Null(s.Db.MetadataOf(s.Resolve("c")));
    }

    private static void Commit(Scenario s, string series, SeriesMetadata metadata)
    {
        var batch = new SampleBatch("test");
        batch.Add(s.Resolve(series), metadata);
        s.Db.Commit(batch);
        batch.Release();
    }
}
