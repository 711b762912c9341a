using Streamline.Storage.Tests.Files;
using static Streamline.Storage.Tests.Scenario;

namespace Streamline.Storage.Tests.Crash;

/// <summary>No room on the disk: samples are refused, queries are answered, nothing is lost, and all goes on when there is room.</summary>
public sealed class DiskFullTests
{
    private static CommitResult CommitTo(CrashScenario s, string series, long time, double value)
    {
        var batch = new SampleBatch("test");
        batch.Add(s.Db.Resolve(Series(series)), time, value);
        var result = s.Db.Commit(batch);
        batch.Release();
        s.Ledger.Write(series, time, value, result.Accepted == 1);
        return result;
    }

    [Fact]
    public void Commits_AreRefusedInWords_QueriesAnswered_AndAllGoesOnWithRoom()
    {
        using var s = new CrashScenario();
        Assert.Equal(1, CommitTo(s, "a", Start, 1).Accepted);
        s.Files.On("*", Fault.NoSpace);
        for (int i = 1; i < 5; i++)
        {
            var refused = CommitTo(s, "a", Start + i, i);
            Assert.Equal(1, refused.RejectedBy(RejectReason.Storage));
            Assert.Contains("No space left on device", refused.FirstError!.Message, StringComparison.Ordinal);
        }
        CommitTo(s, "new", Start, 1);
        Assert.Equal(["{__name__=\"a\"} 0=1"], Read(s.Db, TimeRange.All));
        s.Files.Heal();
        Assert.Equal(1, CommitTo(s, "a", Start + 5, 5).Accepted);
        Assert.Equal(1, CommitTo(s, "new", Start + 5, 5).Accepted);
        s.Check("with room again");
        s.Restart();
        s.Check("after a kill");
    }

    /// <summary>Everything that takes room fails at every point, then there is room again.</summary>
    [Theory]
    [InlineData("write *.tmp-for-creation/chunks/*")]
    [InlineData("create *.tmp-for-creation/index")]
    [InlineData("create-directory *.tmp-for-creation*")]
    [InlineData("write wal/checkpoint.*")]
    [InlineData("create wal/*")]
    [InlineData("create-directory snapshots*")]
    [InlineData("link snapshots*")]
    [InlineData("write ULID/tombstones.tmp")]
    [InlineData("*")]
    public void Maintenance_FailsCleanly_AndSucceedsWithRoom(string operation)
    {
        using var s = new CrashScenario(StoreLife.Configure);
        StoreLife.Live(s, 0, 3);
        s.Files.On(operation, Fault.NoSpace);
        StoreLife.Live(s, 3, 9);
        s.CheckWhileFull(operation);
        s.Files.Heal();
        // Compaction waits ten minutes after trouble; the hours of the life pass without moving the clock so far.
        s.Advance(TimeSpan.FromMinutes(11));
        StoreLife.Live(s, 9, 14);
        s.Check($"{operation}, with room again");
        s.Restart();
        s.Check($"{operation}, after a kill");
        Assert.DoesNotContain(Directory.GetDirectories(s.Path), d => d.EndsWith(".tmp-for-creation", StringComparison.Ordinal));
    }

    [Fact]
    public void Start_OnAFullDisk_AnswersQueries()
    {
        using var s = new CrashScenario();
        CommitTo(s, "a", Start, 1);
        s.Kill();
        var full = new FailingFiles(s.Path).On("*", Fault.NoSpace);
        s.StartOn(full);
        Assert.Equal(["{__name__=\"a\"} 0=1"], Read(s.Db, TimeRange.All));
        Assert.Equal(1, CommitTo(s, "a", Start + 1, 1).RejectedBy(RejectReason.Storage));
        full.Heal();
        Assert.Equal(1, CommitTo(s, "a", Start + 2, 2).Accepted);
        s.Restart();
        s.Check("after a kill");
    }
}
