using Streamline.Storage.Tests.Files;
using static Streamline.Storage.Tests.Scenario;

namespace Streamline.Storage.Tests.Crash;

/// <summary>EIO when the log is forced to the disk: what was not safe by then is in doubt, whatever a second attempt says.</summary>
public sealed class SyncFailureTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    private static CrashScenario With(FsyncPolicy policy) => new(o => o with { Fsync = policy });

    [Fact]
    public void Interval_OneFailure_RewritesWhatIsInDoubt_AndGoesOn()
    {
        using var s = With(FsyncPolicy.Interval);
        s.Commit(("a", Start, 1));
        s.Advance(Tick);
        s.Commit(("a", Start + 1, 2), ("b", Start + 1, 2));
        s.Files.On("sync wal/*", Fault.InputOutputOnce);
        s.Advance(Tick);
        Assert.Contains(s.Log, l => l.StartsWith("Error", StringComparison.Ordinal) && l.Contains("Input/output error", StringComparison.Ordinal));
        Assert.Contains(s.Log, l => l.Contains("goes on in segment 1", StringComparison.Ordinal));
        s.Commit(("a", Start + 2, 3));
        s.Check("after the failure");
        s.Advance(Tick);
        s.Restart(PowerLoss.LosesAll);
        s.Check("after the loss of power");
    }

    [Fact]
    public void Interval_WhileTheDiskFails_CommitsAreRefused_QueriesAnswered()
    {
        using var s = With(FsyncPolicy.Interval);
        s.Commit(("a", Start, 1));
        s.Files.On("sync *", Fault.InputOutput);
        s.Advance(Tick);
        var batch = new SampleBatch("test");
        batch.Add(s.Db.Resolve(Series("a")), Start + 1, 2);
        var result = s.Db.Commit(batch);
        Assert.Equal(1, result.RejectedBy(RejectReason.Storage));
        Assert.Contains("Input/output error", result.FirstError!.Message, StringComparison.Ordinal);
        s.Check("while the disk fails");
        s.Advance(Tick * 3);
        Assert.Equal(1, s.Db.Commit(batch).RejectedBy(RejectReason.Storage));
        s.Files.Heal();
        s.Advance(Tick);
        s.Commit(("a", Start + 1, 2), ("new", Start + 1, 2));
        s.Check("when it is well again");
        s.Advance(Tick);
        s.Restart(PowerLoss.LosesAll);
        s.Check("after the loss of power");
        batch.Release();
    }

    [Fact]
    public void Commit_AFailedSync_RefusesThatBatchOnly()
    {
        using var s = With(FsyncPolicy.Commit);
        s.Commit(("a", Start, 1));
        s.Files.On("sync wal/*", Fault.InputOutputOnce);
        s.Commit(("a", Start + 1, 2), ("b", Start + 1, 2));
        Assert.Equal(["{__name__=\"a\"} 0=1"], Read(s.Db, TimeRange.All));
        s.Commit(("a", Start + 2, 3), ("b", Start + 2, 3));
        Assert.Equal(["{__name__=\"a\"} 0=1 2=3", "{__name__=\"b\"} 2=3"], Read(s.Db, TimeRange.All));
        s.Restart(PowerLoss.TearsWrites);
        s.Check("after the loss of power");
    }

    [Fact]
    public void Never_AFailedSync_IsOnlyCounted()
    {
        using var s = new CrashScenario(o => o with { Fsync = FsyncPolicy.Never, WalSegmentBytes = 32 << 10 });
        s.Files.On("sync wal/*", Fault.InputOutput);
        for (int i = 0; i < 200; i++) s.Commit(("a", Start + i, i), ($"b,pad={new Random(i).NextInt64()}{new string('p', i)}", Start + i, i));
        s.Check("while it fails");
        s.Restart();
        s.Check("after a kill");
    }

    [Fact]
    public void Rotation_AFailedSync_KeepsWhatWasAcknowledged()
    {
        using var s = new CrashScenario(o => o with { WalSegmentBytes = 32 << 10 });
        s.Files.On("sync wal/*", Fault.InputOutputOnce);
        var random = new Random(3);
        for (int i = 0; i < 3000; i++) s.Commit(("a", Start + i, random.NextDouble()));
        Assert.True(Directory.GetFiles(Path.Combine(s.Path, "wal")).Length > 2);
        s.Check("after the failure");
        s.Advance(Tick);
        s.Restart(PowerLoss.LosesAll);
        s.Check("after the loss of power");
    }

    [Fact]
    public void End_AFailedSync_IsLogged()
    {
        using var s = With(FsyncPolicy.Interval);
        s.Commit(("a", Start, 1));
        s.Files.On("sync wal/*", Fault.InputOutput);
        s.Db.Dispose();
        Assert.Contains(s.Log, l => l.StartsWith("Error", StringComparison.Ordinal) && l.Contains("Input/output error", StringComparison.Ordinal));
        s.Start();
        s.Check("after the end");
    }

    /// <summary>Policies do what they say: with an interval what is older than a second is on the disk, with never only what ended with the process in order.</summary>
    [Theory]
    [InlineData(FsyncPolicy.Never, 0)]
    [InlineData(FsyncPolicy.Interval, 1)]
    [InlineData(FsyncPolicy.Commit, 2)]
    public void PowerLoss_KeepsWhatThePolicySays(FsyncPolicy policy, int kept)
    {
        using var s = With(policy);
        s.Commit(("a", Start, 1));
        s.Advance(Tick);
        s.Commit(("a", Start + 1, 2));
        s.Restart(PowerLoss.LosesAll);
        string[] lines = Read(s.Db, TimeRange.All);
        Assert.Equal(kept, lines.Length == 0 ? 0 : lines[0].Split(' ').Length - 1);
    }

    [Fact]
    public void Policy_CanBeChanged()
    {
        using var s = With(FsyncPolicy.Never);
        s.Commit(("a", Start, 1));
        s.Advance(Tick);
        Assert.DoesNotContain(s.Files.Operations, o => o.StartsWith("sync wal", StringComparison.Ordinal));
        s.Db.Fsync = FsyncPolicy.Interval;
        s.Advance(Tick);
        Assert.Single(s.Files.Operations, o => o.StartsWith("sync wal", StringComparison.Ordinal));
        s.Db.Fsync = FsyncPolicy.Commit;
        s.Commit(("a", Start + 1, 1));
        s.Restart(PowerLoss.LosesAll);
        s.Check("after the loss of power");
    }

    [Fact]
    public void OneCommit_IsOneWrite()
    {
        using var s = With(FsyncPolicy.Interval);
        int before = s.Files.Operations.Count;
        s.Commit(("a", Start, 1), ("b", Start, 1), ("c", Start, 1));
        Assert.Equal(["write wal/00000000"], s.Files.Operations.Skip(before));
    }
}
