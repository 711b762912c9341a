using System.Runtime.InteropServices;
using System.Text;
using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Host;

/// <summary>What uname(2) tells, from /proc/sys/kernel; always 1, the facts are labels.</summary>
internal sealed class UnameCollector : IHostCollector
{
    public string Name => "uname";

    public IReadOnlyList<HostFamily> Families { get; } = [new("node_uname_info", "gauge", "Kernel and machine names as labels.")];

    public bool Collect(HostFiles files, SeriesWriter writer)
    {
        string release = Kernel(files, "osrelease");
        if (release.Length == 0) return false;
        writer.Series("node_uname_info"u8)
            .Label("domainname"u8, Kernel(files, "domainname"))
            .Label("machine"u8, Machine)
            .Label("nodename"u8, Kernel(files, "hostname"))
            .Label("release"u8, release)
            .Label("sysname"u8, Kernel(files, "ostype"))
            .Label("version"u8, Kernel(files, "version"))
            .Value(1);
        return true;
    }

    private static string Machine => RuntimeInformation.OSArchitecture switch
    {
        Architecture.X64 => "x86_64",
        Architecture.X86 => "i686",
        Architecture.Arm64 => "aarch64",
        var other => other.ToString().ToLowerInvariant(),
    };

    private static string Kernel(HostFiles files, string name) =>
        files.TryProc("sys/kernel/" + name, out var text) ? Encoding.UTF8.GetString(text).Trim() : "";
}
