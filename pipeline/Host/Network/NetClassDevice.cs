using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Host.Network;

/// <summary>
/// One network device of /sys/class/net. Its state is read each time; what is set by hand or agreed on when the link comes up (speed, addresses, limits) when the state changes and each half
/// minute, since the kernel takes its network lock for each of these files (190 us a device all in all, 65 us for the state).
/// </summary>
internal sealed class NetClassDevice(string name)
{
    // Megabits a second in the file.
    private const double MegabitBytes = 125_000;

    private const int OperState = 0, Flags = 1, FirstNumber = 2;

    // Of the settings: these texts, then the speed, then numbers.
    private const int Address = 0, Broadcast = 1, Duplex = 2, Alias = 3, Speed = 4, FirstSetting = 5;

    private static readonly TimeSpan ReadAgainAfter = TimeSpan.FromSeconds(30);

    private static readonly HostFamily Up = HostFamily.Gauge("node_network_up", "1 when the network device is operational, else 0.");
    private static readonly HostFamily Info = HostFamily.Gauge("node_network_info", "Always 1: addresses and state of the network device as labels.");
    private static readonly HostFamily FlagsFamily = Gauge("flags", "flags").Family;
    private static readonly HostFamily SpeedFamily = HostFamily.Gauge("node_network_speed_bytes", "Speed of the network device's link, bytes a second.");

    private static readonly (string File, HostFamily Family)[] States =
    [
        Gauge("carrier", "carrier"), Counter("carrier_changes", "carrier_changes_total"), Counter("carrier_up_count", "carrier_up_changes_total"), Counter("carrier_down_count", "carrier_down_changes_total"),
        Gauge("dormant", "dormant"),
    ];

    private static readonly (string File, HostFamily Family)[] Settings =
    [
        Gauge("addr_assign_type", "address_assign_type"), Gauge("dev_id", "device_id"), Gauge("ifindex", "iface_id"), Gauge("iflink", "iface_link"), Gauge("link_mode", "iface_link_mode"), Gauge("mtu", "mtu_bytes"),
        Gauge("name_assign_type", "name_assign_type"), Gauge("netdev_group", "net_dev_group"), Gauge("tx_queue_len", "transmit_queue_length"), Gauge("type", "protocol_type"),
    ];

    private readonly DeviceFolder _states = new("class/net/" + name, name, 0, ["operstate", "flags", .. States.Select(s => s.File)]);
    private readonly DeviceFolder _settings = new("class/net/" + name, name, 0, ["address", "broadcast", "duplex", "ifalias", "speed", .. Settings.Select(s => s.File)]);
    private readonly byte[]?[] _texts = new byte[]?[Speed];
    private readonly double[] _numbers = new double[Settings.Length];
    private double _speed;
    private long _readAt;

    // The state that the settings were read under.
    private byte[]? _operState;
    private double _flags, _changes;

    public static IEnumerable<HostFamily> Families => [Up, Info, FlagsFamily, SpeedFamily, .. States.Concat(Settings).Select(p => p.Family)];

    public string Name { get; } = name;

    public void Add(HostFiles files, SeriesWriter writer, bool ignoresInvalidSpeed)
    {
        double flags = files.TrySysText(_states[Flags], out var text) ? FieldReader.ParseC(text) : double.NaN;
        writer.ValueOf(FlagsFamily, "device"u8, Name, flags);
        double changes = AddStates(files, writer);
        files.TrySysText(_states[OperState], out var state);
        writer.ValueOf(Up, "device"u8, Name, state.SequenceEqual("up"u8) ? 1 : 0);
        if (IsOld(files, state, flags, changes)) ReadSettings(files, state, flags, changes);
        AddSettings(writer, ignoresInvalidSpeed);
    }

    private double AddStates(HostFiles files, SeriesWriter writer)
    {
        double changes = double.NaN;
        for (int i = 0; i < States.Length; i++)
        {
            double value = files.TrySysText(_states[FirstNumber + i], out var text) ? FieldReader.ParseC(text) : double.NaN;
            writer.ValueOf(States[i].Family, "device"u8, Name, value);
            if (i == 1) changes = value;
        }
        return changes;
    }

    private bool IsOld(HostFiles files, ReadOnlySpan<byte> state, double flags, double changes) =>
        _operState is null || !state.SequenceEqual(_operState) || !flags.Equals(_flags) || !changes.Equals(_changes) || files.Time.GetElapsedTime(_readAt) >= ReadAgainAfter;

    private void ReadSettings(HostFiles files, ReadOnlySpan<byte> state, double flags, double changes)
    {
        (_operState, _flags, _changes, _readAt) = (state.ToArray(), flags, changes, files.Time.GetTimestamp());
        for (int i = 0; i < _texts.Length; i++) _texts[i] = files.TrySysText(_settings[i], out var text) ? text.ToArray() : null;
        _speed = _settings.Read(files, Speed);
        for (int i = 0; i < _numbers.Length; i++) _numbers[i] = files.TrySysText(_settings[FirstSetting + i], out var text) ? FieldReader.ParseC(text) : double.NaN;
    }

    private void AddSettings(SeriesWriter writer, bool ignoresInvalidSpeed)
    {
        writer.Series(Info).Label("device"u8, Name).Label("address"u8, _texts[Address]).Label("broadcast"u8, _texts[Broadcast]).Label("duplex"u8, _texts[Duplex]).Label("operstate"u8, _operState)
            .Label("adminstate"u8, double.IsNaN(_flags) ? "unknown" : ((long)_flags & 1) == 1 ? "up" : "down").Label("ifalias"u8, _texts[Alias]).Value(1);
        // -1 where there is no cable or no such thing as a speed.
        if (_speed >= 0 || !ignoresInvalidSpeed) writer.ValueOf(SpeedFamily, "device"u8, Name, _speed * MegabitBytes);
        for (int i = 0; i < _numbers.Length; i++) writer.ValueOf(Settings[i].Family, "device"u8, Name, _numbers[i]);
    }

    private static (string File, HostFamily Family) Gauge(string file, string name) => (file, HostFamily.Gauge("node_network_" + name, $"{file} of the network device, as the kernel tells it."));

    private static (string File, HostFamily Family) Counter(string file, string name) => (file, HostFamily.Counter("node_network_" + name, $"{file} of the network device, as the kernel tells it."));
}
