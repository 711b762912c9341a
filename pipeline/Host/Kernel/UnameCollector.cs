using System.Runtime.InteropServices;
using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Host.Kernel;

/// <summary>What uname(2) tells, from /proc/sys/kernel; always 1, the facts are labels.</summary>
internal sealed class UnameCollector : IHostCollector
{
    private static readonly HostFamily Info = HostFamily.Gauge("node_uname_info", "Always 1: kernel, host name and machine type as labels, as uname(2) tells them.");

    // Label, and the file that it comes from.
    private static readonly (byte[] Label, string File)[] Facts =
    [
        ("domainname"u8.ToArray(), "sys/kernel/domainname"), ("nodename"u8.ToArray(), "sys/kernel/hostname"), ("release"u8.ToArray(), "sys/kernel/osrelease"),
        ("sysname"u8.ToArray(), "sys/kernel/ostype"), ("version"u8.ToArray(), "sys/kernel/version"),
    ];

    // struct utsname of Linux: six texts of 65 bytes, of which the fifth is the machine.
    private const int TextBytes = 65, Texts = 6, MachineText = 4;

    private static readonly byte[] Machine = ReadMachine();

    private readonly Inventory<List<(byte[] Label, byte[] Value)>> _facts = new(Find);

    public IEnumerable<HostFamily> Families => [Info];

    public bool Collect(HostFiles files, SeriesWriter writer)
    {
        var facts = _facts.Of(files);
        if (facts.Count == 0) return false;
        writer.Series(Info).Label("machine"u8, Machine);
        foreach (var (label, value) in facts) writer.Label(label, value);
        writer.Value(1);
        return true;
    }

    private static List<(byte[] Label, byte[] Value)> Find(HostFiles files)
    {
        var found = new List<(byte[], byte[])>();
        if (!files.TryProc("sys/kernel/osrelease", out _)) return found;
        foreach (var (label, file) in Facts)
        {
            if (files.TryProc(file, out var text)) found.Add((label, text.Trim(" \t\n"u8).ToArray()));
        }
        return found;
    }

    // No file has it (kernels before 6.1): armv7l and armv6l are one architecture to .NET.
    private static byte[] ReadMachine()
    {
        byte[] texts = new byte[TextBytes * Texts];
        var machine = Uname(texts) == 0 ? texts.AsSpan(TextBytes * MachineText, TextBytes) : default;
        return machine[..Math.Max(0, machine.IndexOf((byte)0))].ToArray();
    }

    [DllImport("libc", EntryPoint = "uname")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Uname(byte[] texts);
}
