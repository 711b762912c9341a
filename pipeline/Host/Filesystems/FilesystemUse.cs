using System.Runtime.InteropServices;

namespace Streamline.Pipeline.Host.Filesystems;

/// <summary>Size and use of a file system, as statvfs(3) gives them.</summary>
internal readonly record struct FilesystemUse(double Size, double Free, double Available, double Files, double FilesFree)
{
    private const int StaleHandle = 116;

    /// <summary>Asks the file system; the answer is the empty text or why there is none. Does not come back while the server of a network file system is gone.</summary>
    public static string Ask(byte[] path, out FilesystemUse use)
    {
        use = default;
        if (StatVfs(path, out var stat) != 0) return Describe(Marshal.GetLastPInvokeError());
        double unit = stat.FragmentSize;
        use = new FilesystemUse(stat.Blocks * unit, stat.BlocksFree * unit, stat.BlocksAvailable * unit, stat.Files, stat.FilesFree);
        return "";
    }

    // The C library begins its texts with a capital; node_exporter's, which come from Go, do not.
    private static string Describe(int error) => error == StaleHandle ? "stale NFS file handle" : Marshal.GetPInvokeErrorMessage(error).ToLowerInvariant();

    // struct statvfs of 64-bit Linux (glibc bits/statvfs.h, musl sys/statvfs.h agree up to the flags).
    [StructLayout(LayoutKind.Sequential)]
    private struct StatVfsResult
    {
        public ulong BlockSize;
        public ulong FragmentSize;
        public ulong Blocks;
        public ulong BlocksFree;
        public ulong BlocksAvailable;
        public ulong Files;
        public ulong FilesFree;
        public ulong FilesAvailable;
        public ulong Id;
        public ulong Flags;
        public ulong NameMax;
        public ulong Spare0, Spare1, Spare2;
    }

    [DllImport("libc", EntryPoint = "statvfs", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int StatVfs(byte[] path, out StatVfsResult result);
}
