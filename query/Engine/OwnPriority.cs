using System.Runtime.InteropServices;

namespace Streamline.Query.Engine;

/// <summary>The place of a thread behind the others of the process when all want the processor. .NET's thread priorities do nothing on Linux.</summary>
internal static class OwnPriority
{
    // From 0, where threads begin, to 19. A thread at 5 has a third of the share of one at 0 while both are busy, all of it while the other sleeps. At 10, a tenth, alerts
    // beside a heavy query are hardly sooner (p99 48 and 42 ms, at 5 60 and 39), but on a machine whose cores others keep busy queries took ten times their CPU time.
    private const int Behind = 5;

    private const int ThreadOrProcess = 0, Caller = 0;

    /// <summary>Lowers the calling thread for good (Linux only: elsewhere it would be the process).</summary>
    public static void Lower()
    {
        // Refused, the thread goes on as it is.
        if (OperatingSystem.IsLinux()) _ = SetPriority(ThreadOrProcess, Caller, Behind);
    }

    [DllImport("libc", EntryPoint = "setpriority")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetPriority(int which, uint who, int priority);
}
