using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Host.Hardware;

/// <summary>What the firmware says of the machine, from /sys/class/dmi/id; serial numbers only root may read.</summary>
internal sealed class DmiCollector : IHostCollector
{
    private static readonly string[] Names =
    [
        "bios_date", "bios_release", "bios_vendor", "bios_version", "board_asset_tag", "board_name", "board_serial", "board_vendor", "board_version", "chassis_asset_tag", "chassis_serial",
        "chassis_vendor", "chassis_version", "product_family", "product_name", "product_serial", "product_sku", "product_uuid", "product_version", "system_vendor",
    ];

    private static readonly HostFamily Info = HostFamily.Gauge("node_dmi_info", "Always 1: what the firmware says of the machine and its parts as labels.");

    private readonly Inventory<List<(byte[] Label, string Value)>> _facts = new(Find);

    public IEnumerable<HostFamily> Families => [Info];

    public bool Collect(HostFiles files, SeriesWriter writer)
    {
        var facts = _facts.Of(files);
        if (facts.Count == 0) return false;
        writer.Series(Info);
        foreach (var (label, value) in facts) writer.Label(label, value);
        writer.Value(1);
        return true;
    }

    private static List<(byte[] Label, string Value)> Find(HostFiles files)
    {
        var found = new List<(byte[], string)>();
        foreach (string name in Names)
        {
            string file = name == "system_vendor" ? "sys_vendor" : name;
            if (files.SysString("class/dmi/id/" + file) is { } value) found.Add((HostSeries.Utf8(name), value));
        }
        return found;
    }
}
