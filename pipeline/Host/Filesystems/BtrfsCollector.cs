using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Host.Filesystems;

/// <summary>Btrfs file systems, from /sys/fs/btrfs: allocation by kind of data and layout, devices, commits. Errors and free space of devices, which are not there, are asked for at the mount point.</summary>
internal sealed class BtrfsCollector(BtrfsDevices.AskVolume? ask = null) : IHostCollector
{
    private const string Folder = "fs/btrfs";
    private const double SectorBytes = 512;

    private static readonly HostFamily Info = HostFamily.Gauge("node_btrfs_info", "Always 1: label and UUID of the btrfs file system.");
    private static readonly HostFamily GlobalReserve = HostFamily.Gauge("node_btrfs_global_rsv_size_bytes", "Space that btrfs keeps back for its own changes, bytes.");
    private static readonly HostFamily Reserved = HostFamily.Gauge("node_btrfs_reserved_bytes", "Space promised to writes that are under way, by kind of data, bytes.");
    private static readonly HostFamily Used = HostFamily.Gauge("node_btrfs_used_bytes", "Space that holds something, by kind of data and layout, bytes.");
    private static readonly HostFamily Size = HostFamily.Gauge("node_btrfs_size_bytes", "Space set aside, by kind of data and layout, bytes.");
    private static readonly HostFamily Ratio = HostFamily.Gauge("node_btrfs_allocation_ratio", "Bytes on disk for each byte stored, by kind of data and layout.");
    private static readonly HostFamily DeviceSize = HostFamily.Gauge("node_btrfs_device_size_bytes", "Size of each device of the btrfs file system, bytes.");
    private static readonly HostFamily DeviceUnused = HostFamily.Gauge("node_btrfs_device_unused_bytes", "Space of the device that the btrfs file system has not set aside for anything, bytes.");
    private static readonly HostFamily DeviceErrors = HostFamily.Counter("node_btrfs_device_errors_total", "Errors of the device that btrfs has met, by kind.");

    // Key of a line in commit_stats, and the factor to base units.
    private static readonly (string Key, HostFamily Family, double Divisor)[] Commits =
    [
        ("commits", HostFamily.Counter("node_btrfs_commits_total", "Transactions that btrfs has committed."), 1),
        ("last_commit_ms", HostFamily.Gauge("node_btrfs_last_commit_seconds", "Time the latest commit took, seconds."), 1000),
        ("max_commit_ms", HostFamily.Gauge("node_btrfs_max_commit_seconds", "Time the longest commit so far took, seconds."), 1000),
        ("total_commit_ms", HostFamily.Counter("node_btrfs_commit_seconds_total", "Time of all commits added up, seconds."), 1000),
    ];

    private static readonly string[] GroupTypes = ["data", "metadata", "system"];

    private readonly BtrfsDevices.AskVolume _ask = ask ?? BtrfsDevices.Ask;
    private readonly Inventory<List<Volume>> _volumes = new(Find);
    private readonly MountTable _mounts = new((_, type) => type == "btrfs");
    private readonly Dictionary<string, List<BtrfsDevice>> _devices = new(StringComparer.Ordinal);

    public IEnumerable<HostFamily> Families => [Info, GlobalReserve, Reserved, Used, Size, Ratio, DeviceSize, DeviceUnused, DeviceErrors, .. Commits.Select(c => c.Family)];

    // Folder is the volume's own id, which it has besides one that it was given later.
    private sealed record Volume(string Folder, string Uuid, string Label, DeviceFolder Files, (string Type, string Reserved)[] Groups, Layout[] Layouts, (string Name, string Size)[] Devices);

    private sealed record Layout(string Type, string Mode, double Ratio, string Used, string Size);

    public bool Collect(HostFiles files, SeriesWriter writer)
    {
        var volumes = _volumes.Of(files);
        if (volumes.Count > 0) AskMounted(files);
        foreach (var volume in volumes)
        {
            Add(volume, files, writer);
            if (_devices.GetValueOrDefault(volume.Folder) is { } devices) AddDevices(volume.Uuid, devices, writer);
            else AddSizes(volume, files, writer);
        }
        return true;
    }

    // One mount of a device is enough: another is asked only when the first does not answer (it may be forbidden).
    private void AskMounted(HostFiles files)
    {
        _devices.Clear();
        var answered = new HashSet<string>(StringComparer.Ordinal);
        foreach (var mount in _mounts.Read(files) ?? [])
        {
            if (answered.Contains(mount.Device) || !_ask(mount.Path, out string volume, out var devices)) continue;
            answered.Add(mount.Device);
            _devices[volume] = devices;
        }
    }

    private static void Add(Volume volume, HostFiles files, SeriesWriter writer)
    {
        writer.Series(Info).Label("uuid"u8, volume.Uuid).Label("label"u8, volume.Label).Value(1);
        writer.Series(GlobalReserve).Label("uuid"u8, volume.Uuid).Value(OrZero(volume.Files.Read(files, 0)));
        files.TrySys(volume.Files[1], out var commits);
        foreach (var (key, family, divisor) in Commits) writer.Series(family).Label("uuid"u8, volume.Uuid).Value(LineOf(commits, key) / divisor);
        foreach (var (type, file) in volume.Groups) writer.Series(Reserved).Label("uuid"u8, volume.Uuid).Label("block_group_type"u8, type).Value(OrZero(files.SysNumber(file)));
        foreach (var layout in volume.Layouts)
        {
            AddLayout(Used, OrZero(files.SysNumber(layout.Used)), volume, layout, writer);
            AddLayout(Size, OrZero(files.SysNumber(layout.Size)), volume, layout, writer);
            AddLayout(Ratio, layout.Ratio, volume, layout, writer);
        }
    }

    private static void AddSizes(Volume volume, HostFiles files, SeriesWriter writer)
    {
        foreach (var (name, file) in volume.Devices) writer.Series(DeviceSize).Label("uuid"u8, volume.Uuid).Label("device"u8, name).Value(SectorBytes * OrZero(files.SysNumber(file)));
    }

    private static void AddDevices(string uuid, List<BtrfsDevice> devices, SeriesWriter writer)
    {
        foreach (var device in devices)
        {
            Labelled(DeviceSize, device).Value(device.TotalBytes);
            Labelled(DeviceUnused, device).Value(device.TotalBytes - device.UsedBytes);
            for (int i = 0; i < device.Errors.Length; i++) Labelled(DeviceErrors, device).Label("type"u8, BtrfsDevices.ErrorTypes[i]).Value(device.Errors[i]);
        }

        SeriesWriter Labelled(HostFamily family, BtrfsDevice device) => writer.Series(family).Label("uuid"u8, uuid).Label("device"u8, device.Name).Label("btrfs_dev_uuid"u8, device.Uuid);
    }

    private static void AddLayout(HostFamily family, double value, Volume volume, Layout layout, SeriesWriter writer) =>
        writer.Series(family).Label("uuid"u8, volume.Uuid).Label("block_group_type"u8, layout.Type).Label("mode"u8, layout.Mode).Value(value);

    private static double OrZero(double value) => double.IsNaN(value) ? 0 : value;

    private static double LineOf(ReadOnlySpan<byte> text, string key)
    {
        var reader = new FieldReader(text);
        while (reader.NextLine())
        {
            if (System.Text.Ascii.Equals(reader.Field(), key)) return OrZero(reader.Number());
        }
        return 0;
    }

    private static List<Volume> Find(HostFiles files)
    {
        var found = new List<Volume>();
        foreach (string name in (files.SysList(Folder) ?? []).Where(n => n.Contains('-', StringComparison.Ordinal)))
        {
            string path = $"{Folder}/{name}";
            string[] devices = files.SysListNow(path + "/devices") ?? [];
            string uuid = files.SysString(path + "/metadata_uuid") is { Length: > 0 } own ? own : name;
            var layouts = GroupTypes.SelectMany(type => LayoutsOf(files, path, type, devices.Length));
            found.Add(new Volume(
                name, uuid, files.SysString(path + "/label") ?? "", new DeviceFolder(path, name, 0, ["allocation/global_rsv_size", "commit_stats"]),
                [.. GroupTypes.Select(type => (type, $"{path}/allocation/{type}/bytes_reserved"))], [.. layouts], [.. devices.Select(d => (d, $"{path}/devices/{d}/size"))]));
        }
        return found;
    }

    private static IEnumerable<Layout> LayoutsOf(HostFiles files, string path, string type, int devices)
    {
        string group = $"{path}/allocation/{type}";
        // Only folders hold a file of this name.
        foreach (string mode in (files.SysListNow(group) ?? []).Where(m => files.TrySys($"{group}/{m}/total_bytes", out _)))
            yield return new Layout(type, mode, RatioOf(mode, devices), $"{group}/{mode}/used_bytes", $"{group}/{mode}/total_bytes");
    }

    private static double RatioOf(string mode, double devices) => mode switch
    {
        "single" or "raid0" => 1,
        "dup" or "raid1" or "raid10" => 2,
        "raid1c3" => 3,
        "raid1c4" => 4,
        "raid5" => devices / (devices - 1),
        "raid6" => devices / (devices - 2),
        _ => 0,
    };
}
