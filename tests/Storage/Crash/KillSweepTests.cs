using Streamline.Storage.Tests.Files;

namespace Streamline.Storage.Tests.Crash;

/// <summary>The process dies at every n-th change of a store's life; what no named point covers is found here.</summary>
public sealed class KillSweepTests
{
    // Each point costs some 60 ms of CPU; all of them are run with STREAMLINE_CRASH_STEP=1.
    private static int Step => int.TryParse(Environment.GetEnvironmentVariable("STREAMLINE_CRASH_STEP"), out int step) ? step : 97;

    private static int Operations(FsyncPolicy policy, bool late)
    {
        using var s = new CrashScenario(o => Configure(o, late) with { Fsync = policy });
        StoreLife.Live(s);
        s.Check("an undisturbed life");
        return s.Files.Operations.Count;
    }

    [Theory]
    [InlineData(Fault.KillBefore, 1, false)]
    [InlineData(Fault.KillDuring, 7, false)]
    [InlineData(Fault.KillAfter, 12, false)]
    [InlineData(Fault.KillBefore, 9, true)]
    [InlineData(Fault.KillDuring, 4, true)]
    [InlineData(Fault.KillAfter, 23, true)]
    internal void Kill_Anywhere_KeepsWhatWasAcknowledged(Fault fault, int first, bool late)
    {
        int operations = Operations(FsyncPolicy.Interval, late);
        Assert.True(operations > 300, $"{operations} operations");
        for (int n = 1 + first % Step; n <= operations; n += Step) RunAndKill(n, fault, FsyncPolicy.Interval, null, late);
    }

    [Theory]
    [InlineData(PowerLoss.LosesAll, 3, false)]
    [InlineData(PowerLoss.TearsWrites, 9, false)]
    [InlineData(PowerLoss.LeavesZeros, 15, false)]
    [InlineData(PowerLoss.LosesAll, 11, true)]
    [InlineData(PowerLoss.TearsWrites, 17, true)]
    [InlineData(PowerLoss.LeavesZeros, 26, true)]
    internal void PowerLoss_Anywhere_UnderCommit_KeepsWhatWasAcknowledged(PowerLoss loss, int first, bool late)
    {
        int operations = Operations(FsyncPolicy.Commit, late);
        for (int n = 1 + first % Step; n <= operations; n += Step) RunAndKill(n, Fault.KillAfter, FsyncPolicy.Commit, loss, late);
    }

    private static TsdbOptions Configure(TsdbOptions options, bool late) => late ? StoreLife.ConfigureLate(options) : StoreLife.Configure(options);

    private static void RunAndKill(int n, Fault fault, FsyncPolicy policy, PowerLoss? loss, bool late)
    {
        using var s = new CrashScenario(o => Configure(o, late) with { Fsync = policy });
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
