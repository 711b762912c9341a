using Streamline.Pipeline.Config;
using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Host.Network;

/// <summary>Network device counters, from /proc/net/dev; the detailed ones, and the one that is not there, from /sys/class/net/*/statistics.</summary>
internal sealed class NetDevCollector(HostNetDevConfig config) : IHostCollector
{
    private const string Folder = "class/net";

    // Columns of a device line: eight received, eight sent. The kernel adds up there what the detailed names tell apart.
    private static readonly HostFamily[] Columns =
    [
        .. new[] { "bytes", "packets", "errs", "drop", "fifo", "frame", "compressed", "multicast" }.Select(c => Counter("receive_" + c)),
        .. new[] { "bytes", "packets", "errs", "drop", "fifo", "colls", "carrier", "compressed" }.Select(c => Counter("transmit_" + c)),
    ];

    private static readonly HostFamily NoHandler = Counter("receive_nohandler");

    // Files of the statistics folder, and their names as node_exporter's netlink reader has them.
    private static readonly (string File, HostFamily Family)[] Detailed =
    [
        .. new[] { "rx_packets", "tx_packets", "rx_bytes", "tx_bytes", "rx_errors", "tx_errors", "rx_dropped", "tx_dropped", "multicast", "collisions", "rx_length_errors", "rx_over_errors", "rx_crc_errors", "rx_frame_errors",
            "rx_fifo_errors", "rx_missed_errors", "tx_aborted_errors", "tx_carrier_errors", "tx_fifo_errors", "tx_heartbeat_errors", "tx_window_errors", "rx_compressed", "tx_compressed", "rx_nohandler" }
            .Select(file => ("statistics/" + file, Counter(file.Replace("rx_", "receive_", StringComparison.Ordinal).Replace("tx_", "transmit_", StringComparison.Ordinal)))),
    ];

    private readonly NameFilter _filter = new(config.DeviceExclude, config.DeviceInclude);
    private readonly NameTable<DeviceFolder> _byName = new(name => new DeviceFolder($"{Folder}/{name}", name, 0, ["statistics/rx_nohandler", "ifalias"]));
    private readonly DeviceTable _devices = new(Folder, "", [.. Detailed.Select(d => d.File), "ifalias"], isFresh: true);
    private byte[] _text = [];

    public IEnumerable<HostFamily> Families => [.. config.EnableDetailedMetrics ? Detailed.Select(d => d.Family) : [.. Columns, NoHandler], .. config.AddressInfo ? NetAddresses.Families : []];

    public bool Collect(HostFiles files, SeriesWriter writer)
    {
        bool isGood = config.EnableDetailedMetrics ? TryAddDetailed(files, writer) : TryAddColumns(files, writer);
        if (isGood && config.AddressInfo) NetAddresses.Add(_filter, writer);
        return isGood;
    }

    private bool TryAddColumns(HostFiles files, SeriesWriter writer)
    {
        if (!files.TryProc("net/dev", ref _text, out var text)) return false;
        var reader = new FieldReader(text);
        while (reader.NextLine())
        {
            var name = reader.Until(" :"u8);
            double first = reader.Number();
            if (name.IsEmpty || double.IsNaN(first) || _filter.Ignores(name)) continue;
            var device = _byName[name];
            for (int i = 0; i < Columns.Length; i++)
            {
                double value = i == 0 ? first : reader.Number();
                if (double.IsNaN(value)) break;
                Add(Columns[i], device.Name, device[1], value, files, writer);
            }
            Add(NoHandler, device.Name, device[1], device.Read(files, 0), files, writer);
        }
        return true;
    }

    private bool TryAddDetailed(HostFiles files, SeriesWriter writer)
    {
        if (_devices.List(files) is not { } devices) return false;
        foreach (var device in devices)
        {
            if (_filter.Ignores(device.Name)) continue;
            for (int i = 0; i < Detailed.Length; i++) Add(Detailed[i].Family, device.Name, device[Detailed.Length], device.Read(files, i), files, writer);
        }
        return true;
    }

    private void Add(HostFamily family, string device, string alias, double value, HostFiles files, SeriesWriter writer)
    {
        if (double.IsNaN(value)) return;
        writer.Series(family).Label("device"u8, device);
        if (config.LabelIfalias) writer.LabelOf("ifalias"u8, files, alias);
        writer.Value(value);
    }

    private static HostFamily Counter(string name) => HostFamily.Counter($"node_network_{name}_total", $"Kernel's counter {name.Replace('_', ' ')} of the network device.");
}
