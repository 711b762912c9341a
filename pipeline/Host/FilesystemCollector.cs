using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Host;

/// <summary>Size and use of mounted file systems: the mounts from /proc/1/mounts or /proc/self/mounts, the figures from statvfs(3).</summary>
internal sealed partial class FilesystemCollector : IHostCollector
{
    // statvfs on a network file system whose server is gone never comes back: after this wait the mount counts as failed and is left alone until the call returns.
    private static readonly TimeSpan MostWait = TimeSpan.FromSeconds(2);

    private readonly Dictionary<string, Task<Usage?>> _stuck = [];
    private readonly NameTable<bool> _ignoredMounts = new(mount => IgnoredMounts().IsMatch(mount));
    private readonly NameTable<bool> _ignoredTypes = new(type => IgnoredTypes().IsMatch(type));

    private readonly record struct Usage(double Size, double Free, double Available, double Files, double FilesFree, bool ReadOnly);

    private readonly record struct Mount(string Device, string Point, string Type);

    public string Name => "filesystem";

    public IReadOnlyList<HostFamily> Families { get; } =
    [
        new("node_filesystem_size_bytes", "gauge", "Size of the file system."),
        new("node_filesystem_free_bytes", "gauge", "Free space, what is kept for root included."),
        new("node_filesystem_avail_bytes", "gauge", "Free space for everybody."),
        new("node_filesystem_files", "gauge", "Inodes there are."),
        new("node_filesystem_files_free", "gauge", "Inodes that are free."),
        new("node_filesystem_readonly", "gauge", "1 when mounted read-only."),
        new("node_filesystem_device_error", "gauge", "1 when the file system could not be asked."),
    ];

    public bool Collect(HostFiles files, SeriesWriter writer)
    {
        if (!files.TryProc("1/mounts", out var text) && !files.TryProc("self/mounts", out text)) return false;
        foreach (var mount in Mounts(text))
        {
            var usage = Ask(files.RootfsPath == "/" ? mount.Point : files.RootfsPath.TrimEnd('/') + mount.Point);
            Add(writer, "node_filesystem_device_error"u8, mount, usage is null ? 1 : 0);
            if (usage is not { } found) continue;
            Add(writer, "node_filesystem_size_bytes"u8, mount, found.Size);
            Add(writer, "node_filesystem_free_bytes"u8, mount, found.Free);
            Add(writer, "node_filesystem_avail_bytes"u8, mount, found.Available);
            Add(writer, "node_filesystem_files"u8, mount, found.Files);
            Add(writer, "node_filesystem_files_free"u8, mount, found.FilesFree);
            Add(writer, "node_filesystem_readonly"u8, mount, found.ReadOnly ? 1 : 0);
        }
        return true;
    }

    private static void Add(SeriesWriter writer, ReadOnlySpan<byte> name, Mount mount, double value) =>
        writer.Series(name).Label("device"u8, mount.Device).Label("fstype"u8, mount.Type).Label("mountpoint"u8, mount.Point).Value(value);

    private List<Mount> Mounts(ReadOnlySpan<byte> text)
    {
        var mounts = new List<Mount>();
        var reader = new FieldReader(text);
        while (reader.NextLine())
        {
            var device = reader.Field();
            var point = reader.Field();
            var type = reader.Field();
            if (type.IsEmpty || _ignoredTypes[type] || _ignoredMounts[point]) continue;
            var mount = new Mount(Unescape(device), Unescape(point), Encoding.UTF8.GetString(type));
            if (!mounts.Contains(mount)) mounts.Add(mount);
        }
        return mounts;
    }

    // Spaces and tabs in names stand as octal escapes in the file.
    private static string Unescape(ReadOnlySpan<byte> text) =>
        Encoding.UTF8.GetString(text).Replace(@"\040", " ", StringComparison.Ordinal).Replace(@"\011", "\t", StringComparison.Ordinal);

    private Usage? Ask(string point)
    {
        if (_stuck.TryGetValue(point, out var stuck))
        {
            if (!stuck.IsCompleted) return null;
            _stuck.Remove(point);
        }
        var asked = Task.Run(() => Stat(point));
        if (asked.Wait(MostWait)) return asked.GetAwaiter().GetResult();
        _stuck[point] = asked;
        return null;
    }

    private static Usage? Stat(string point)
    {
        byte[] path = new byte[Encoding.UTF8.GetByteCount(point) + 1];
        Encoding.UTF8.GetBytes(point, path);
        if (StatVfs(path, out var stat) != 0) return null;
        double unit = stat.FragmentSize;
        return new Usage(stat.Blocks * unit, stat.BlocksFree * unit, stat.BlocksAvailable * unit, stat.Files, stat.FilesFree, (stat.Flags & 1) != 0);
    }

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

    [DllImport("libc", EntryPoint = "statvfs")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int StatVfs(byte[] path, out StatVfsResult result);

    // Mounts of the system itself, as node_exporter leaves them out by default.
    [GeneratedRegex(@"^/(?:dev|proc|run/credentials/.+|sys|var/lib/docker/.+|var/lib/containers/storage/.+)(?:$|/)")]
    private static partial Regex IgnoredMounts();

    [GeneratedRegex(@"^(?:autofs|binfmt_misc|bpf|cgroup2?|configfs|debugfs|devpts|devtmpfs|fusectl|hugetlbfs|iso9660|mqueue|nsfs|overlay|proc|procfs|pstore|rpc_pipefs|securityfs|selinuxfs|squashfs|erofs|sysfs|tracefs)$")]
    private static partial Regex IgnoredTypes();
}
