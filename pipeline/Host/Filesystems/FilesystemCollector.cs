using Streamline.Pipeline.Config;
using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Host.Filesystems;

/// <summary>Size and use of mounted file systems.</summary>
internal sealed class FilesystemCollector : IHostCollector
{
    private static readonly HostFamily Size = HostFamily.Gauge("node_filesystem_size_bytes", "Filesystem size in bytes.");
    private static readonly HostFamily Free = HostFamily.Gauge("node_filesystem_free_bytes", "Filesystem free space in bytes.");
    private static readonly HostFamily Available = HostFamily.Gauge("node_filesystem_avail_bytes", "Filesystem space available to non-root users in bytes.");
    private static readonly HostFamily Files = HostFamily.Gauge("node_filesystem_files", "Filesystem total file nodes.");
    private static readonly HostFamily FilesFree = HostFamily.Gauge("node_filesystem_files_free", "Filesystem total free file nodes.");
    private static readonly HostFamily ReadOnly = HostFamily.Gauge("node_filesystem_readonly", "Filesystem read-only status.");
    private static readonly HostFamily DeviceError = HostFamily.Gauge("node_filesystem_device_error", "Whether an error occurred while getting statistics for the given device.");
    private static readonly HostFamily MountInfo = HostFamily.Gauge("node_filesystem_mount_info", "Filesystem mount information.");

    // As node_exporter on Linux, where no file system has such space, yet the family is there.
    private static readonly HostFamily Purgeable = HostFamily.Gauge("node_filesystem_purgeable_bytes", "Filesystem space available including purgeable space (MacOS specific).");

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
