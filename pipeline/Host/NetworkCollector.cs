using System.Text;
using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Host;

/// <summary>Network device counters, from /proc/net/dev, and whether the device is up, from /sys/class/net.</summary>
internal sealed class NetworkCollector : IHostCollector
{
    // Columns of a device line: eight received, eight sent.
    private static readonly string[] Columns =
    [
        "receive_bytes", "receive_packets", "receive_errs", "receive_drop", "receive_fifo", "receive_frame", "receive_compressed", "receive_multicast",
        "transmit_bytes", "transmit_packets", "transmit_errs", "transmit_drop", "transmit_fifo", "transmit_colls", "transmit_carrier", "transmit_compressed",
    ];

    private readonly byte[][] _names = [.. Columns.Select(c => Encoding.ASCII.GetBytes($"node_network_{c}_total"))];

    public string Name => "netdev";

    public IReadOnlyList<HostFamily> Families { get; } =
    [
        .. Columns.Select(c => new HostFamily($"node_network_{c}_total", "counter", $"{c} of /proc/net/dev.")),
        new("node_network_up", "gauge", "1 when the device's state is up."),
    ];

    public bool Collect(HostFiles files, SeriesWriter writer)
    {
        if (!files.TryProc("net/dev", out var text)) return false;
        var devices = new List<string>();
        var reader = new FieldReader(text);
        while (reader.NextLine())
        {
            var device = reader.Until(" :"u8);
            double first = reader.Number();
            if (device.IsEmpty || double.IsNaN(first)) continue;
            devices.Add(Encoding.UTF8.GetString(device));
            for (int i = 0; i < _names.Length; i++)
            {
                double value = i == 0 ? first : reader.Number();
                if (double.IsNaN(value)) break;
                writer.Series(_names[i]).Label("device"u8, device).Value(value);
            }
        }
        // The buffer of the file is used again below, so devices are kept as strings.
        foreach (string device in devices)
        {
            string state = files.SysLine($"class/net/{device}/operstate");
            if (state.Length > 0) writer.Series("node_network_up"u8).Label("device"u8, device).Value(state == "up" ? 1 : 0);
        }
        return true;
    }
}
