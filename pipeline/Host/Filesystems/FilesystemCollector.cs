using Streamline.Pipeline.Config;
using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Host.Filesystems;

/// <summary>Size and use of mounted file systems.</summary>
internal sealed class FilesystemCollector : IHostCollector
{
    private static readonly HostFamily Size = HostFamily.Gauge("node_filesystem_size_bytes", "How large the file system is, bytes.");
    private static readonly HostFamily Free = HostFamily.Gauge("node_filesystem_free_bytes", "Space without data, that kept for root included, bytes.");
    private static readonly HostFamily Available = HostFamily.Gauge("node_filesystem_avail_bytes", "Space that users other than root can still fill, bytes.");
    private static readonly HostFamily Files = HostFamily.Gauge("node_filesystem_files", "Files that the file system has room for (inodes).");
    private static readonly HostFamily FilesFree = HostFamily.Gauge("node_filesystem_files_free", "Files that can still be made (free inodes).");
    private static readonly HostFamily ReadOnly = HostFamily.Gauge("node_filesystem_readonly", "1 when the file system cannot be written to, else 0.");
    private static readonly HostFamily DeviceError = HostFamily.Gauge("node_filesystem_device_error", "1 when the file system did not tell its size and use, else 0.");
    private static readonly HostFamily MountInfo = HostFamily.Gauge("node_filesystem_mount_info", "Always 1: device numbers of the mount as labels.");

    // As node_exporter on Linux, where no file system has such space, yet the family is there.
    private static readonly HostFamily Purgeable = HostFamily.Gauge("node_filesystem_purgeable_bytes", "Space that macOS could clear on demand, bytes; 0 on Linux.");

    private readonly MountTable _mounts;
    private readonly MountProbe _probe;

    public FilesystemCollector(HostFilesystemConfig config)
    {
        var points = new NameFilter(config.ExcludedMountPoints, config.MountPointsInclude);
        var types = new NameFilter(config.ExcludedFsTypes, config.FsTypesInclude);
        _mounts = new MountTable((point, type) => !points.Ignores(point) && !types.Ignores(type));
        _probe = new MountProbe(config.MountTimeout);
    }

    public IEnumerable<HostFamily> Families => [Size, Free, Available, Files, FilesFree, ReadOnly, DeviceError, MountInfo, Purgeable];

    public bool Collect(HostFiles files, SeriesWriter writer)
    {
        if (_mounts.Read(files) is not { } mounts) return false;
        _probe.Ask(mounts);
        for (int i = 0; i < mounts.Count; i++) Add(mounts[i], writer);
        return true;
    }

    private static void Add(Mount mount, SeriesWriter writer)
    {
        Add(writer, DeviceError, mount, mount.Error.Length > 0 ? 1 : 0);
        Add(writer, ReadOnly, mount, mount.IsReadOnly ? 1 : 0);
        if (mount.Error.Length > 0) return;
        var use = mount.Use;
        Add(writer, Size, mount, use.Size);
        Add(writer, Free, mount, use.Free);
        Add(writer, Available, mount, use.Available);
        Add(writer, Files, mount, use.Files);
        Add(writer, FilesFree, mount, use.FilesFree);
        writer.Series(MountInfo).Label("device"u8, mount.Device).Label("major"u8, mount.Major).Label("minor"u8, mount.Minor).Label("mountpoint"u8, mount.Point).Value(1);
        Add(writer, Purgeable, mount, 0);
    }

    private static void Add(SeriesWriter writer, HostFamily family, Mount mount, double value) =>
        writer.Series(family).Label("device"u8, mount.Device).Label("fstype"u8, mount.Type).Label("mountpoint"u8, mount.Point).Label("device_error"u8, mount.Error).Value(value);
}
