using Streamline.Pipeline.Config;
using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Host.Network;

/// <summary>InfiniBand and RoCE devices and their ports, from /sys/class/infiniband.</summary>
internal sealed class InfinibandCollector(HostDevicesConfig config) : IHostCollector
{
    private const string Folder = "class/infiniband";

    // Rates are gigabits a second there.
    private const double GigabitBytes = 125_000_000;

    private static readonly HostFamily Info = HostFamily.Gauge("node_infiniband_info", "Always 1: board, firmware and kind of the InfiniBand device as labels.");
    private static readonly HostFamily State = HostFamily.Gauge("node_infiniband_state_id", "Logical state of the port by number: 1 down, 2 initialising, 3 armed, 4 active, 5 active but deferring, 0 none.");
    private static readonly HostFamily PhysicalState = HostFamily.Gauge(
        "node_infiniband_physical_state_id", "Physical state of the port by number: 1 asleep, 2 polling, 3 disabled, 4 training, 5 link up, 6 recovering, 7 under test, 0 none.");
    private static readonly HostFamily Rate = HostFamily.Gauge("node_infiniband_rate_bytes_per_second", "Speed of the port's link, bytes a second.");
    private static readonly HostFamily Lifespan = HostFamily.Gauge(
        "node_infiniband_lifespan_seconds", "How long the device may show a counter before it reads it anew, seconds.");

    private static readonly string[] PortFiles = ["state", "phys_state", "rate", "hw_counters/lifespan", .. InfinibandCounters.All.Select(c => c.File)];

    private readonly NameFilter _filter = new(config.DeviceExclude, config.DeviceInclude);
    private readonly DeviceTable _devices = new(Folder, "", ["board_id", "fw_ver", "hca_type"]);
    private readonly Inventory<List<Port>> _ports = new(Find);

    public IEnumerable<HostFamily> Families => [Info, State, PhysicalState, Rate, Lifespan, .. InfinibandCounters.All.Select(c => c.Family)];

    private sealed record Port(string Device, DeviceFolder Files);

    public bool Collect(HostFiles files, SeriesWriter writer)
    {
        if (_devices.List(files) is not { } devices) return false;
        foreach (var device in devices)
        {
            if (_filter.Ignores(device.Name)) continue;
            writer.Series(Info).Label("device"u8, device.Name).LabelOf("board_id"u8, files, device[0]).LabelOf("firmware_version"u8, files, device[1]).LabelOf("hca_type"u8, files, device[2]).Value(1);
        }
        foreach (var port in _ports.Of(files))
        {
            if (!_filter.Ignores(port.Device)) Add(port, files, writer);
        }
        return true;
    }

    private static void Add(Port port, HostFiles files, SeriesWriter writer)
    {
        AddNumber(State, FirstNumber(files, port.Files[0]));
        AddNumber(PhysicalState, FirstNumber(files, port.Files[1]));
        AddNumber(Rate, Math.Truncate(FirstNumber(files, port.Files[2]) * GigabitBytes));
        AddNumber(Lifespan, Math.Truncate(port.Files.Read(files, 3) / 1000));
        for (int i = 0; i < InfinibandCounters.All.Length; i++) AddNumber(InfinibandCounters.All[i].Family, port.Files.Read(files, 4 + i) * InfinibandCounters.All[i].Factor);

        void AddNumber(HostFamily family, double value)
        {
            if (!double.IsNaN(value)) writer.Series(family).Label("device"u8, port.Device).Label("port"u8, port.Files.Name).Value(value);
        }
    }

    // 4: ACTIVE, and 40 Gb/sec (4X QDR).
    private static double FirstNumber(HostFiles files, string file)
    {
        if (!files.TrySysText(file, out var text)) return double.NaN;
        int end = text.IndexOfAny(": "u8);
        return FieldReader.Parse(end < 0 ? text : text[..end]);
    }

    private static List<Port> Find(HostFiles files)
    {
        var found = new List<Port>();
        foreach (string device in files.SysList(Folder) ?? [])
        {
            foreach (var port in new DeviceTable($"{Folder}/{device}/ports", "", PortFiles).List(files) ?? []) found.Add(new Port(device, port));
        }
        return found;
    }
}
