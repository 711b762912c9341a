using Streamline.Storage.Tests.Files;

namespace Streamline.Storage.Tests.Crash;

/// <summary>The process dies at every n-th change of a store's life; what no named point covers is found here.</summary>
public sealed class KillSweepTests
{
    // Each point costs some 20 ms of CPU; all of them are run with STREAMLINE_CRASH_STEP=1.
    private static int Step => int.TryParse(Environment.GetEnvironmentVariable("STREAMLINE_CRASH_STEP"), out int step) ? step : 29;

    private static int Operations(FsyncPolicy policy)
    {
        using var s = new CrashScenario(o => StoreLife.Configure(o) with { Fsync = policy });
        StoreLife.Live(s);
        s.Check("an undisturbed life");
        return s.Files.Operations.Count;
    }

    [Theory]
    [InlineData(Fault.KillBefore, 1)]
    [InlineData(Fault.KillDuring, 7)]
    [InlineData(Fault.KillAfter, 12)]
    internal void Kill_Anywhere_KeepsWhatWasAcknowledged(Fault fault, int first)
    {
        int operations = Operations(FsyncPolicy.Interval);
        Assert.True(operations > 300, $"{operations} operations");
        for (int n = 1 + first % Step; n <= operations; n += Step) RunAndKill(n, fault, FsyncPolicy.Interval, null);
    }

    [Theory]
    [InlineData(PowerLoss.LosesAll, 3)]
    [InlineData(PowerLoss.TearsWrites, 9)]
    [InlineData(PowerLoss.LeavesZeros, 15)]
    internal void PowerLoss_Anywhere_UnderCommit_KeepsWhatWasAcknowledged(PowerLoss loss, int first)
    {
        int operations = Operations(FsyncPolicy.Commit);
        for (int n = 1 + first % Step; n <= operations; n += Step) RunAndKill(n, Fault.KillAfter, FsyncPolicy.Commit, loss);
    }

    private static void RunAndKill(int n, Fault fault, FsyncPolicy policy, PowerLoss? loss)
    {
        using var s = new CrashScenario(o => StoreLife.Configure(o) with { Fsync = policy });
        s.Files.OnOperation(n, fault);
        StoreLife.Live(s);
        // Blocks are named by chance, which changes the order of deletions but not much more.
        if (!s.Files.IsKilled) return;
        string what = $"operation {n} ({s.Files.Operations[n - 1]}), {fault}, {policy}, {loss}";
        s.Restart(loss);
        s.Check(what);
        s.Commit(("later", Scenario.Start + 20 * Scenario.Hour, n));
        s.Maintain();
        s.Check(what + ", then maintained");
        s.Restart();
        s.Check(what + ", then killed again");
    }
}
