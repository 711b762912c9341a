using System.Runtime.InteropServices;

namespace Streamline.Pipeline.Host;

/// <summary>Files by the number that the kernel gives them; paths end in a zero byte.</summary>
internal static class HostCalls
{
    /// <summary>The file's number, or below 0.</summary>
    [DllImport("libc", EntryPoint = "open")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern int Open(byte[] path, int flags);

    /// <summary>Gives the number back.</summary>
    [DllImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern int Close(int file);
}
