using Streamline.Pipeline.Config;
using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Host.Network;

/// <summary>State and properties of network devices, from /sys/class/net (kernel Documentation/ABI/testing/sysfs-class-net).</summary>
internal sealed class NetClassCollector(HostNetClassConfig config) : IHostCollector
{
    private const string Folder = "class/net";

    // Megabits a second there.
    private const double MegabitBytes = 125_000;

    private const int OperState = 0, Flags = 1, Speed = 2, Address = 3, Broadcast = 4, Duplex = 5, Alias = 6, FirstProperty = 7;

    private static readonly HostFamily Up = HostFamily.Gauge("node_network_up", "Value is 1 if operstate is 'up', 0 otherwise.");
    private static readonly HostFamily Info = HostFamily.Gauge("node_network_info", "Non-numeric data from /sys/class/net/<iface>, value is always 1.");
    private static readonly HostFamily FlagsFamily = Gauge("flags", "flags").Family;
    private static readonly HostFamily SpeedFamily = Gauge("speed", "speed_bytes").Family;

    private static readonly (string File, HostFamily Family)[] Properties =
    [
        Gauge("addr_assign_type", "address_assign_type"), Gauge("carrier", "carrier"), Counter("carrier_changes", "carrier_changes_total"), Counter("carrier_up_count", "carrier_up_changes_total"),
        Counter("carrier_down_count", "carrier_down_changes_total"), Gauge("dev_id", "device_id"), Gauge("dormant", "dormant"), Gauge("ifindex", "iface_id"), Gauge("iflink", "iface_link"),
        Gauge("link_mode", "iface_link_mode"), Gauge("mtu", "mtu_bytes"), Gauge("name_assign_type", "name_assign_type"), Gauge("netdev_group", "net_dev_group"),
        Gauge("tx_queue_len", "transmit_queue_length"), Gauge("type", "protocol_type"),
    ];

    private readonly DeviceTable _devices = new(Folder, "", ["operstate", "flags", "speed", "address", "broadcast", "duplex", "ifalias", .. Properties.Select(p => p.File)], isFresh: true);
    private readonly NameFilter _ignored = new(config.IgnoredDevices);

    public IEnumerable<HostFamily> Families => [Up, Info, FlagsFamily, SpeedFamily, .. Properties.Select(p => p.Family)];

    public bool Collect(HostFiles files, SeriesWriter writer)
    {
        if (_devices.List(files) is not { } devices) return false;
        foreach (var device in devices)
        {
            // The one file among the devices.
            if (device.Name != "bonding_masters" && !_ignored.Ignores(device.Name)) Add(device, files, writer);
        }
        return true;
    }

    private void Add(DeviceFolder device, HostFiles files, SeriesWriter writer)
    {
        bool isUp = files.TrySysText(device[OperState], out var state) && state.SequenceEqual("up"u8);
        writer.ValueOf(Up, "device"u8, device.Name, isUp ? 1 : 0);
        double flags = files.TrySysText(device[Flags], out var text) ? FieldReader.ParseC(text) : double.NaN;
        writer.Series(Info).Label("device"u8, device.Name).LabelOf("address"u8, files, device[Address]).LabelOf("broadcast"u8, files, device[Broadcast]).LabelOf("duplex"u8, files, device[Duplex])
            .LabelOf("operstate"u8, files, device[OperState]).Label("adminstate"u8, double.IsNaN(flags) ? "unknown" : ((long)flags & 1) == 1 ? "up" : "down").LabelOf("ifalias"u8, files, device[Alias]).Value(1);
        writer.ValueOf(FlagsFamily, "device"u8, device.Name, flags);
        double speed = device.Read(files, Speed);
        // -1 where there is no cable or no such thing as a speed.
        if (speed >= 0 || !config.IgnoreInvalidSpeed) writer.ValueOf(SpeedFamily, "device"u8, device.Name, speed * MegabitBytes);
        for (int i = 0; i < Properties.Length; i++)
        {
            if (files.TrySysText(device[FirstProperty + i], out text)) writer.ValueOf(Properties[i].Family, "device"u8, device.Name, FieldReader.ParseC(text));
        }
    }

    private static (string File, HostFamily Family) Gauge(string file, string name) => (file, HostFamily.Gauge("node_network_" + name, "Network device property: " + name));

    private static (string File, HostFamily Family) Counter(string file, string name) => (file, HostFamily.Counter("node_network_" + name, "Network device property: " + name));
}
