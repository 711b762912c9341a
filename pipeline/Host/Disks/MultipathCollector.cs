using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Host.Disks;

/// <summary>Multipath devices of the device mapper and the state of their paths, from /sys/block/dm-*.</summary>
internal sealed class MultipathCollector : IHostCollector
{
    private const double SectorBytes = 512;

    private static readonly HostFamily Info = HostFamily.Gauge("node_dmmultipath_device_info", "Always 1: names of the multipath device as labels.");
    private static readonly HostFamily Active = HostFamily.Gauge("node_dmmultipath_device_active", "1 when the multipath device takes I/O, 0 while it is suspended.");
    private static readonly HostFamily Size = HostFamily.Gauge("node_dmmultipath_device_size_bytes", "Capacity of the multipath device, bytes.");
    private static readonly HostFamily Paths = HostFamily.Gauge("node_dmmultipath_device_paths", "Paths that lead to the multipath device.");
    private static readonly HostFamily PathsActive = HostFamily.Gauge("node_dmmultipath_device_paths_active", "Paths of the multipath device that work.");
    private static readonly HostFamily PathsFailed = HostFamily.Gauge("node_dmmultipath_device_paths_failed", "Paths of the multipath device that do not work.");
    private static readonly HostFamily PathState = HostFamily.Gauge("node_dmmultipath_path_state", "Always 1: the state of a path as a label.");

    private readonly Inventory<List<Device>> _devices = new(Find);

    public IEnumerable<HostFamily> Families => [Info, Active, Size, Paths, PathsActive, PathsFailed, PathState];

    private sealed record Device(string Name, string SysName, string Uuid, string Suspended, string Size, (string Name, string State)[] Paths);

    public bool Collect(HostFiles files, SeriesWriter writer)
    {
        if (files.SysList("block") is null) return false;
        foreach (var device in _devices.Of(files))
        {
            writer.Series(Info).Label("device"u8, device.Name).Label("sysfs_name"u8, device.SysName).Label("uuid"u8, device.Uuid).Value(1);
            Add(Active, device, files.SysNumber(device.Suspended) == 1 ? 0 : 1, writer);
            Add(Size, device, files.SysNumber(device.Size) * SectorBytes, writer);
            int active = AddPaths(device, files, writer);
            Add(Paths, device, device.Paths.Length, writer);
            Add(PathsActive, device, active, writer);
            Add(PathsFailed, device, device.Paths.Length - active, writer);
        }
        return true;
    }

    private static int AddPaths(Device device, HostFiles files, SeriesWriter writer)
    {
        int active = 0;
        foreach (var (name, file) in device.Paths)
        {
            files.TrySysText(file, out var state);
            if (state.SequenceEqual("running"u8) || state.SequenceEqual("live"u8)) active++;
            writer.Series(PathState).Label("device"u8, device.Name).Label("path"u8, name).Label("state"u8, state).Value(1);
        }
        return active;
    }

    private static void Add(HostFamily family, Device device, double value, SeriesWriter writer)
    {
        if (!double.IsNaN(value)) writer.Series(family).Label("device"u8, device.Name).Label("sysfs_name"u8, device.SysName).Value(value);
    }

    private static List<Device> Find(HostFiles files)
    {
        var found = new List<Device>();
        foreach (string name in (files.SysList("block") ?? []).Where(n => n.StartsWith("dm-", StringComparison.Ordinal)))
        {
            string path = "block/" + name;
            if (files.SysString(path + "/dm/uuid") is not { } uuid || !uuid.StartsWith("mpath-", StringComparison.Ordinal)) continue;
            var paths = (files.SysListNow(path + "/slaves") ?? []).Select(slave => (slave, $"block/{slave}/device/state"));
            found.Add(new Device(files.SysString(path + "/dm/name") ?? "", name, uuid, path + "/dm/suspended", path + "/size", [.. paths]));
        }
        return found;
    }
}
