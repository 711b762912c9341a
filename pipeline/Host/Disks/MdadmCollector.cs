using System.Text;
using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Host.Disks;

/// <summary>Software RAID: arrays from /proc/mdstat, degraded disks from /sys/block/md*/md (md(4)).</summary>
internal sealed class MdadmCollector : IHostCollector
{
    private static readonly HostFamily State = HostFamily.Gauge("node_md_state", "1 for the state that the RAID array is in, 0 for the others.");
    private static readonly HostFamily Disks = HostFamily.Gauge("node_md_disks", "Disks of the RAID array that are active, failed or spare.");
    private static readonly HostFamily Required = HostFamily.Gauge("node_md_disks_required", "Disks that the RAID array needs to be whole.");
    private static readonly HostFamily Blocks = HostFamily.Gauge("node_md_blocks", "Size of the RAID array, blocks of 1024 bytes.");
    private static readonly HostFamily Synced = HostFamily.Gauge("node_md_blocks_synced", "Blocks of the RAID array that agree on all its disks.");
    private static readonly HostFamily RaidDisks = HostFamily.Gauge("node_md_raid_disks", "Disks that the RAID array is laid out for.");
    private static readonly HostFamily Degraded = HostFamily.Gauge("node_md_degraded", "Disks that the RAID array lacks.");

    // The label's value and the array's state that it stands for.
    private static readonly (string Label, string State)[] States = [("active", "active"), ("inactive", "inactive"), ("recovering", "recovering"), ("resync", "resyncing"), ("check", "checking")];

    // An array may be called md0, md_d0, or md_home.
    private readonly DeviceTable _raids = new("block", "md", ["md/level", "md/raid_disks", "md/degraded"], isNameFree: true);

    public IEnumerable<HostFamily> Families => [State, Disks, Required, Blocks, Synced, RaidDisks, Degraded];

    public bool Collect(HostFiles files, SeriesWriter writer)
    {
        if (!files.TryProc("mdstat", out var text)) return false;
        // Where there are no arrays, which is most machines, nothing is parsed.
        if (text.IndexOf("blocks"u8) >= 0)
        {
            if (MdArray.Parse(Encoding.UTF8.GetString(text)) is not { } arrays) return false;
            foreach (var array in arrays) Add(array, writer);
        }
        bool isGood = true;
        foreach (var raid in _raids.List(files) ?? []) isGood &= TryAdd(raid, files, writer);
        return isGood;
    }

    private static void Add(MdArray array, SeriesWriter writer)
    {
        writer.ValueOf(Required, "device"u8, array.Name, array.DisksTotal);
        AddDisks("active", array.DisksActive);
        AddDisks("failed", array.DisksFailed);
        AddDisks("spare", array.DisksSpare);
        foreach (var (label, state) in States) writer.Series(State).Label("device"u8, array.Name).Label("state"u8, label).Value(array.State == state ? 1 : 0);
        writer.ValueOf(Blocks, "device"u8, array.Name, array.Blocks);
        writer.ValueOf(Synced, "device"u8, array.Name, array.BlocksSynced);

        void AddDisks(string state, double count) => writer.Series(Disks).Label("device"u8, array.Name).Label("state"u8, state).Value(count);
    }

    private static bool TryAdd(DeviceFolder raid, HostFiles files, SeriesWriter writer)
    {
        if (files.SysString(raid[0]) is not { } level) return files.SysList(raid.Path + "/md") is null;
        bool hasDisks = level is not ("container" or "imsm" or "ddf" or "");
        // While an array is reshaped the number before stands behind the number to be, in parentheses.
        if (hasDisks && files.TrySysText(raid[1], out var text)) writer.ValueOf(RaidDisks, "device"u8, raid.Name, FieldReader.Parse(text[..(text.IndexOf((byte)' ') is var end and >= 0 ? end : text.Length)]));
        double degraded = level is "raid1" or "raid4" or "raid5" or "raid6" or "raid10" ? raid.Read(files, 2) : 0;
        writer.ValueOf(Degraded, "device"u8, raid.Name, degraded);
        return !double.IsNaN(degraded);
    }
}
