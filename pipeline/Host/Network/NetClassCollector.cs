using Streamline.Pipeline.Config;
using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Host.Network;

/// <summary>State and properties of network devices, from /sys/class/net (kernel Documentation/ABI/testing/sysfs-class-net).</summary>
internal sealed class NetClassCollector(HostNetClassConfig config) : IHostCollector
{
    private readonly NameFilter _ignored = new(config.IgnoredDevices);
    private string[]? _names;
    private NetClassDevice[] _devices = [];

    public IEnumerable<HostFamily> Families => NetClassDevice.Families;

    public bool Collect(HostFiles files, SeriesWriter writer)
    {
        // Listed each time: a new device must be seen at once.
        string[]? names = files.SysListNow("class/net");
        if (names is null) return false;
        if (!ReferenceEquals(names, _names)) Renew(names);
        foreach (var device in _devices) device.Add(files, writer, config.IgnoreInvalidSpeed);
        return true;
    }

    private void Renew(string[] names)
    {
        _names = names;
        var known = _devices.ToDictionary(d => d.Name);
        // bonding_masters is the one file among the devices.
        _devices = [.. names.Where(name => name != "bonding_masters" && !_ignored.Ignores(name)).Select(name => known.GetValueOrDefault(name) ?? new NetClassDevice(name))];
    }
}
