using Streamline.Storage.Tests.Files;
using static Streamline.Storage.Tests.Scenario;

namespace Streamline.Storage.Tests.Crash;

/// <summary>The life of a store that gets many samples out of order, cut short wherever the file system dies.</summary>
public sealed class LateLifeTests
{
    // Some 500 points at 20 ms of CPU each; all of them are run with STREAMLINE_CRASH_STEP=1.
    private static int Step => int.TryParse(Environment.GetEnvironmentVariable("STREAMLINE_CRASH_STEP"), out int step) ? step : 61;

    private static CrashScenario Store(FsyncPolicy policy) =>
        new(o => o with { Fsync = policy, OutOfOrderWindowMs = 5 * Hour, MapOutLateBytes = 1, WalSegmentBytes = 32 << 10, RetentionMs = 0, MaxBlockDurationMs = 6 * Hour }) { BlocksMayOverlap = true };

    private static void Live(CrashScenario s)
    {
        var random = new Random(11);
        for (int hour = 0; hour < 9; hour++)
        {
            for (int minute = 0; minute < 60; minute += 6) Write(s, random, Start + hour * Hour + minute * 60_000);
            s.Advance(TimeSpan.FromSeconds(2));
            if (hour == 5) s.Reopen();
            s.Maintain();
        }
    }

    private static void Write(CrashScenario s, Random random, long time)
    {
        s.Commit(("a", time, time % 1009), ("b", time, 1));
        // Odd milliseconds, so that they meet no sample in order; a series of their own, and one that has both.
        long late = time - random.NextInt64(1, 2 * Hour) * 2 - 1;
        s.Commit(("a", late, late % 1009), ("only-late", late, 2), ("b", time + 2, 3));
    }

    private static int Operations(FsyncPolicy policy)
    {
        using var s = Store(policy);
        Live(s);
        s.Check("an undisturbed life");
        return s.Files.Operations.Count;
    }

    [Theory]
    [InlineData(Fault.KillBefore, 1)]
    [InlineData(Fault.KillDuring, 9)]
    [InlineData(Fault.KillAfter, 17)]
    internal void Kill_Anywhere_KeepsWhatWasAcknowledged(Fault fault, int first)
    {
        int operations = Operations(FsyncPolicy.Interval);
        Assert.True(operations > 300, $"{operations} operations");
        for (int n = 1 + first % Step; n <= operations; n += Step) RunAndKill(n, fault, FsyncPolicy.Interval, null);
    }

    [Theory]
    [InlineData(PowerLoss.LosesAll, 3)]
    [InlineData(PowerLoss.TearsWrites, 11)]
    internal void PowerLoss_Anywhere_UnderCommit_KeepsWhatWasAcknowledged(PowerLoss loss, int first)
    {
        int operations = Operations(FsyncPolicy.Commit);
        for (int n = 1 + first % Step; n <= operations; n += Step) RunAndKill(n, Fault.KillAfter, FsyncPolicy.Commit, loss);
    }

    [Theory]
    [InlineData("write wbl/00000000")]
    [InlineData("create chunks_head/*")]
    [InlineData("write chunks_head/*")]
    [InlineData("delete chunks_head/*")]
    [InlineData("delete wbl/00000000")]
    [InlineData("move ULID.tmp-for-creation")]
    internal void Kill_AtTheStepsOfTheirOwn_KeepsWhatWasAcknowledged(string step)
    {
        foreach (var fault in (Fault[])[Fault.KillBefore, Fault.KillDuring, Fault.KillAfter])
        {
            using var s = Store(FsyncPolicy.Interval);
            s.Files.On(step, fault);
            Live(s);
            Assert.True(s.Files.IsKilled, string.Join('\n', s.Files.Operations.Distinct()));
            Prove(s, $"{step}, {fault}", null);
        }
    }

    [Fact]
    public void FullDisk_RefusesLateSamples_AndTakesThemWhenThereIsRoom()
    {
        using var s = Store(FsyncPolicy.Interval);
        s.Commit(("a", Start + Hour, 1));
        s.Files.On("write wbl/*", Fault.NoSpace);
        s.Commit(("a", Start + Hour + 1, 2), ("a", Start + 1, 3));
        Assert.Equal([$"{{__name__=\"a\"}} {Hour}=1 {Hour + 1}=2"], Read(s.Db, TimeRange.All));
        s.Files.Heal();
        s.Commit(("a", Start + 1, 3));
        s.Check("with room");
        s.Restart();
        s.Check("after a kill");
    }

    private static void RunAndKill(int n, Fault fault, FsyncPolicy policy, PowerLoss? loss)
    {
        using var s = Store(policy);
        s.Files.OnOperation(n, fault);
        Live(s);
        if (s.Files.IsKilled) Prove(s, $"operation {n} ({s.Files.Operations[n - 1]}), {fault}, {policy}, {loss}", loss);
    }

    private static void Prove(CrashScenario s, string what, PowerLoss? loss)
    {
        s.Restart(loss);
        s.Check(what);
        s.Commit(("later", Start + 20 * Hour, 1));
        for (int i = 0; i < 4; i++) s.Maintain();
        s.Check(what + ", then maintained");
        s.Restart();
        s.Check(what + ", then killed again");
    }
}
