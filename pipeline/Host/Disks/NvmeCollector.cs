using System.Text.RegularExpressions;
using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Host.Disks;

/// <summary>NVMe controllers and their namespaces, from /sys/class/nvme.</summary>
internal sealed partial class NvmeCollector : IHostCollector
{
    private const string Folder = "class/nvme";
    private const double SectorBytes = 512;

    private static readonly HostFamily Info = HostFamily.Gauge("node_nvme_info", "Always 1: model, firmware and state of the NVMe controller as labels.");
    private static readonly HostFamily NamespaceInfo = HostFamily.Gauge("node_nvme_namespace_info", "Always 1: the NVMe namespace and how it is reached as labels.");
    private static readonly HostFamily Capacity = HostFamily.Gauge("node_nvme_namespace_capacity_bytes", "Space that the NVMe namespace offers, bytes.");
    private static readonly HostFamily Size = HostFamily.Gauge("node_nvme_namespace_size_bytes", "How large the NVMe namespace is, bytes.");
    private static readonly HostFamily Used = HostFamily.Gauge("node_nvme_namespace_used_bytes", "Space that the NVMe namespace has allotted, bytes.");
    private static readonly HostFamily BlockSize = HostFamily.Gauge(
        "node_nvme_namespace_logical_block_size_bytes", "Smallest unit that the NVMe namespace reads and writes, bytes.");

    private readonly DeviceTable _devices = new(Folder, "", ["firmware_rev", "model", "serial", "state", "cntlid"]);
    private readonly Inventory<List<Namespace>> _namespaces = new(Find);

    public IEnumerable<HostFamily> Families => [Info, NamespaceInfo, Capacity, Size, Used, BlockSize];

    private sealed record Namespace(string Device, string Id, DeviceFolder Files);

    public bool Collect(HostFiles files, SeriesWriter writer)
    {
        if (_devices.List(files) is not { } devices) return false;
        bool isGood = true;
        foreach (var device in devices)
        {
            isGood &= files.TrySys(device[3], out _);
            writer.Series(Info).Label("device"u8, device.Name).LabelOf("firmware_revision"u8, files, device[0]).LabelOf("model"u8, files, device[1])
                .LabelOf("serial"u8, files, device[2]).LabelOf("state"u8, files, device[3]).LabelOf("cntlid"u8, files, device[4]).Value(1);
        }
        foreach (var found in _namespaces.Of(files)) Add(found, files, writer);
        return isGood;
    }

    private static void Add(Namespace found, HostFiles files, SeriesWriter writer)
    {
        var (used, size, block) = (found.Files.Read(files, 0), found.Files.Read(files, 1), found.Files.Read(files, 2));
        writer.Series(NamespaceInfo).Label("device"u8, found.Device).Label("nsid"u8, found.Id);
        if (files.TrySysText(found.Files[3], out var state)) writer.Label("ana_state"u8, state);
        else writer.Label("ana_state"u8, "unknown"u8);
        writer.Value(1);
        // Sectors of /sys/block are 512 bytes whatever the disk's are; node_exporter multiplies them by its block.
        AddNumber(Capacity, size * SectorBytes);
        AddNumber(Size, size * SectorBytes);
        AddNumber(Used, used * block);
        AddNumber(BlockSize, block);

        void AddNumber(HostFamily family, double value)
        {
            if (!double.IsNaN(value)) writer.Series(family).Label("device"u8, found.Device).Label("nsid"u8, found.Id).Value(value);
        }
    }

    private static List<Namespace> Find(HostFiles files)
    {
        var found = new List<Namespace>();
        foreach (string device in files.SysList(Folder) ?? [])
        {
            foreach (string name in files.SysList($"{Folder}/{device}") ?? [])
            {
                if (NamespaceName().Match(name) is not { Success: true } match) continue;
                found.Add(new Namespace(device, match.Groups[1].Value, new DeviceFolder($"{Folder}/{device}/{name}", name, 0, ["nuse", "size", "queue/logical_block_size", "ana_state"])));
            }
        }
        return found;
    }

    [GeneratedRegex("nvme[0-9]+n([0-9]+)")]
    private static partial Regex NamespaceName();
}
