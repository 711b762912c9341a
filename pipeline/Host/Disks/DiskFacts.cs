using System.Text;
using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Host.Disks;

/// <summary>What stands still about disks: udev's properties (udevadm(8)) and the kind of drive, as labels. Read again when half a minute old.</summary>
internal sealed class DiskFacts
{
    // Partitions are left out by default; without a filter there are some hundreds.
    private const int MaxDisks = 10_000;

    private static readonly TimeSpan ReadAgainAfter = TimeSpan.FromSeconds(30);

    private static readonly HostFamily Info = HostFamily.Gauge("node_disk_info", "Always 1: model, serial number and place of the disk as labels.");
    private static readonly HostFamily FilesystemInfo = HostFamily.Gauge("node_disk_filesystem_info", "Always 1: the file system on the disk as labels.");
    private static readonly HostFamily MapperInfo = HostFamily.Gauge("node_disk_device_mapper_info", "Always 1: names of the mapped device and its volumes as labels.");

    private static readonly (string Property, HostFamily Family)[] AtaNumbers =
    [
        ("ID_ATA_WRITE_CACHE", HostFamily.Gauge("node_disk_ata_write_cache", "1 for an ATA disk that has a write cache.")),
        ("ID_ATA_WRITE_CACHE_ENABLED", HostFamily.Gauge("node_disk_ata_write_cache_enabled", "1 when the ATA disk's write cache is switched on.")),
        ("ID_ATA_ROTATION_RATE_RPM", HostFamily.Gauge("node_disk_ata_rotation_rate_rpm", "Turns a minute of the ATA disk; 0 when nothing in it turns.")),
    ];

    private readonly Dictionary<(int Major, int Minor), Disk> _disks = [];

    public static IEnumerable<HostFamily> Families => [Info, FilesystemInfo, MapperInfo, .. AtaNumbers.Select(a => a.Family)];

    private sealed record Disk(string Device, Dictionary<string, string> Properties, string Rotational, long ReadAt)
    {
        public string this[string property] => Properties.GetValueOrDefault(property, "");

        // What is printed on the drive where it is known; virtual disks have the last one only.
        public string Serial => First("SCSI_IDENT_SERIAL", "ID_SERIAL_SHORT", "ID_SERIAL");

        private string First(params ReadOnlySpan<string> properties)
        {
            foreach (string property in properties)
            {
                if (this[property] is { Length: > 0 } found) return found;
            }
            return "";
        }
    }

    public void Add(HostFiles files, SeriesWriter writer, ReadOnlySpan<byte> device, int major, int minor)
    {
        var disk = DiskOf(files, device, major, minor);
        writer.Series(Info).Label("device"u8, device).Label("major"u8, major).Label("minor"u8, minor).Label("path"u8, disk["ID_PATH"]).Label("wwn"u8, disk["ID_WWN"])
            .Label("model"u8, disk["ID_MODEL"]).Label("serial"u8, disk.Serial).Label("revision"u8, disk["ID_REVISION"]).Label("rotational"u8, disk.Rotational).Value(1);
        if (disk["ID_FS_TYPE"].Length > 0)
        {
            writer.Series(FilesystemInfo).Label("device"u8, device).Label("type"u8, disk["ID_FS_TYPE"]).Label("usage"u8, disk["ID_FS_USAGE"])
                .Label("uuid"u8, disk["ID_FS_UUID"]).Label("version"u8, disk["ID_FS_VERSION"]).Value(1);
        }
        if (disk["DM_NAME"].Length > 0)
        {
            writer.Series(MapperInfo).Label("device"u8, device).Label("name"u8, disk["DM_NAME"]).Label("uuid"u8, disk["DM_UUID"]).Label("vg_name"u8, disk["DM_VG_NAME"])
                .Label("lv_name"u8, disk["DM_LV_NAME"]).Label("lv_layer"u8, disk["DM_LV_LAYER"]).Value(1);
        }
        if (disk["ID_ATA"].Length > 0) AddAta(writer, device, disk);
    }

    private static void AddAta(SeriesWriter writer, ReadOnlySpan<byte> device, Disk disk)
    {
        Span<byte> digits = stackalloc byte[32];
        foreach (var (property, family) in AtaNumbers)
        {
            if (!Encoding.UTF8.TryGetBytes(disk[property], digits, out int length)) continue;
            double number = FieldReader.Parse(digits[..length]);
            if (!double.IsNaN(number)) writer.Series(family).Label("device"u8, device).Value(number);
        }
    }

    private Disk DiskOf(HostFiles files, ReadOnlySpan<byte> device, int major, int minor)
    {
        bool known = _disks.TryGetValue((major, minor), out var disk);
        if (known && files.Time.GetElapsedTime(disk!.ReadAt) < ReadAgainAfter && Ascii.Equals(device, disk.Device)) return disk;
        if (_disks.Count >= MaxDisks) _disks.Clear();
        string name = Encoding.UTF8.GetString(device);
        string rotational = files.SysNumber($"block/{name}/queue/rotational") == 1 ? "1" : "0";
        return _disks[(major, minor)] = new Disk(name, PropertiesOf(files, major, minor), rotational, files.Time.GetTimestamp());
    }

    // Lines of udev's database that begin with E: are NAME=value.
    private static Dictionary<string, string> PropertiesOf(HostFiles files, int major, int minor)
    {
        var properties = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!files.TryPath($"{files.Paths.UdevData}/b{major}:{minor}", out var text)) return properties;
        foreach (string line in Encoding.UTF8.GetString(text).Split('\n').Where(l => l.StartsWith("E:", StringComparison.Ordinal)))
        {
            int equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0) properties[line[2..equals]] = line[(equals + 1)..];
        }
        return properties;
    }
}
