using Streamline.Pipeline.Config;
using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Host.Network;

/// <summary>Neighbours in the ARP table per device, from /proc/net/arp: address, kind, flags, hardware address, mask, device.</summary>
internal sealed class ArpCollector : IHostCollector
{
    private static readonly HostFamily Entries = HostFamily.Gauge("node_arp_entries", "Neighbours in the ARP table, by device.");

    private readonly NameFilter _devices;
    private readonly NameTable<Device> _byName = new(name => new Device(name));
    private readonly List<Device> _met = [];

    public ArpCollector(HostDevicesConfig config) => _devices = new NameFilter(config.DeviceExclude, config.DeviceInclude);

    public IEnumerable<HostFamily> Families => [Entries];

    private sealed class Device(string name)
    {
        public string Name { get; } = name;

        public int Entries { get; set; }
    }

    public bool Collect(HostFiles files, SeriesWriter writer)
    {
        if (!files.TryProc("net/arp", out var text)) return false;
        var reader = new FieldReader(text);
        // The head's nine words.
        _ = reader.NextLine();
        while (reader.NextLine())
        {
            // A device without hardware addresses leaves their column empty; the mask in front of the device is always a star.
            _ = reader.Until("*"u8);
            var device = reader.Field();
            if (!device.IsEmpty && !_devices.Ignores(device)) Count(_byName[device]);
        }
        foreach (var device in _met)
        {
            writer.ValueOf(Entries, "device"u8, device.Name, device.Entries);
            device.Entries = 0;
        }
        _met.Clear();
        return true;
    }

    private void Count(Device device)
    {
        if (device.Entries++ == 0) _met.Add(device);
    }
}
