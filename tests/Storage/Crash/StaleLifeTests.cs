using Streamline.Storage.Tests.Files;
using static Streamline.Storage.Tests.Scenario;

namespace Streamline.Storage.Tests.Crash;

/// <summary>The life of a store whose series end, become blocks of their own early, and come back; cut short wherever the file system dies.</summary>
public sealed class StaleLifeTests
{
    // Some 400 points; all of them are run with STREAMLINE_CRASH_STEP=1.
    private static int Step => int.TryParse(Environment.GetEnvironmentVariable("STREAMLINE_CRASH_STEP"), out int step) ? step : 53;

    private static CrashScenario Store(FsyncPolicy policy) =>
        new(o => o with { Fsync = policy, StaleSeriesThreshold = 0.4, WalSegmentBytes = 32 << 10, RetentionMs = 0, MaxBlockDurationMs = 6 * Hour }) { BlocksMayOverlap = true };

    private static void Live(CrashScenario s)
    {
        for (int hour = 0; hour < 6; hour++)
        {
            for (int minute = 0; minute < 60; minute += 5) Write(s, hour * 60 + minute);
            s.Advance(TimeSpan.FromSeconds(2));
            if (hour == 3) s.Reopen();
            s.Maintain();
        }
    }

    /// <summary>Of four series three end after a quarter of an hour; one of them comes back under the same labels.</summary>
    private static void Write(CrashScenario s, int minute)
    {
        long time = Start + minute * 60_000L;
        int quarter = minute / 15;
        bool ends = minute % 15 == 10;
        s.Commit(("lives", time, minute), ("other", time, -minute));
        if (quarter % 3 == 2) return;
        s.Commit(("returns", time, ends ? StaleMarker.Value : minute), ($"short,q={quarter},n=1", time, ends ? StaleMarker.Value : minute), ($"short,q={quarter},n=2", time, ends ? StaleMarker.Value : minute));
    }

    private static int Operations(FsyncPolicy policy)
    {
        using var s = Store(policy);
        Live(s);
        s.Check("an undisturbed life");
        Assert.True(s.Log.Count(l => l.Contains("stale series have left the head", StringComparison.Ordinal)) > 2);
        return s.Files.Operations.Count;
    }

    [Theory]
    [InlineData(Fault.KillBefore, 1)]
    [InlineData(Fault.KillDuring, 9)]
    [InlineData(Fault.KillAfter, 17)]
    internal void Kill_Anywhere_KeepsWhatWasAcknowledged(Fault fault, int first)
    {
        int operations = Operations(FsyncPolicy.Interval);
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

    /// <summary>The first block of the life is one of stale series; the next write to the log says that they are gone.</summary>
    [Theory]
    [InlineData("move ULID.tmp-for-creation", Fault.KillBefore, 1)]
    [InlineData("move ULID.tmp-for-creation", Fault.KillAfter, 1)]
    [InlineData("write *.tmp-for-creation/index", Fault.KillDuring, 1)]
    [InlineData("move ULID.tmp-for-creation", Fault.KillAfter, 2)]
    internal void Kill_AtTheStepsOfTheirOwn_KeepsWhatWasAcknowledged(string step, Fault fault, int nth)
    {
        using var s = Store(FsyncPolicy.Interval);
        s.Files.On(step, fault, nth);
        Live(s);
        Assert.True(s.Files.IsKilled, string.Join('\n', s.Files.Operations.Distinct()));
        Prove(s, $"{step}, {fault}, {nth}", null);
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
        s.Commit(("later", Start + 8 * Hour, 1), ("returns", Start + 8 * Hour, 1));
        for (int i = 0; i < 4; i++) s.Maintain();
        s.Check(what + ", then maintained");
        s.Restart();
        s.Check(what + ", then killed again");
    }
}
