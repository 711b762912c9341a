using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Streamline.Query.Engine;

/// <summary>
/// The place of a query's thread beside the others of the process when all want the processor. A query begins as their equal: most are done in a few milliseconds. One that
/// takes longer steps behind them, for good, because only the machine's administrator may give a thread its place back. .NET's thread priorities do nothing on Linux.
/// </summary>
internal static class QueryPlace
{
    // Of the 100 us that a new thread costs in place of one that has stepped behind, this is a hundredth.
    private static readonly TimeSpan AsEqual = TimeSpan.FromMilliseconds(10);

    // From 0, where threads begin, to 19. A thread at 5 has a third of the share of one at 0 while both are busy, all of it while the other sleeps. At 10, a tenth, alerts
    // beside a heavy query are hardly sooner, but on a machine whose cores others keep busy queries took ten times their CPU time.
    private const int Behind = 5;

    private const int ThreadOrProcess = 0, Caller = 0;

    [ThreadStatic]
    private static bool isBehind;

    // 0 on threads that are no query's.
    [ThreadStatic]
    private static long began;

    /// <summary>Whether the calling thread has stepped behind.</summary>
    public static bool IsBehind => isBehind;

    /// <summary>The calling thread begins with a query, or helps with one.</summary>
    public static void Begin() => began = Stopwatch.GetTimestamp();

    /// <summary>It is done with it.</summary>
    public static void End() => began = 0;

    /// <summary>Steps behind when the query has had its time.</summary>
    public static void Review()
    {
        if (!isBehind && began != 0 && Stopwatch.GetElapsedTime(began) >= AsEqual) StepBehind();
    }

    /// <summary>Puts the calling thread behind the others (Linux only: elsewhere it would be the process).</summary>
    public static void StepBehind()
    {
        isBehind = true;
        // Refused, the thread goes on as it is.
        if (OperatingSystem.IsLinux()) _ = SetPriority(ThreadOrProcess, Caller, Behind);
    }

    [DllImport("libc", EntryPoint = "setpriority")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetPriority(int which, uint who, int priority);
}
