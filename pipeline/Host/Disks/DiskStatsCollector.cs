using Streamline.Pipeline.Config;
using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Host.Disks;

/// <summary>Block device counters, from /proc/diskstats (kernel Documentation/admin-guide/iostats.rst), and what udev knows of the devices. Sectors are 512 bytes there, times milliseconds.</summary>
internal sealed class DiskStatsCollector(HostDiskConfig config) : IHostCollector
{
    private const double SectorBytes = 512;
    private const double Milli = 1.0 / 1000;

    // The columns behind the device name, in file order, with the factor to base units; the last ones came with later kernels.
    private static readonly (HostFamily Family, double Factor)[] Columns =
    [
        (HostFamily.Counter("node_disk_reads_completed_total", "Reads that the disk has finished."), 1),
        (HostFamily.Counter("node_disk_reads_merged_total", "Reads joined with a neighbouring one before they went to the disk."), 1),
        (HostFamily.Counter("node_disk_read_bytes_total", "Data read from the disk, bytes."), SectorBytes),
        (HostFamily.Counter("node_disk_read_time_seconds_total", "Time of all reads added up, seconds."), Milli),
        (HostFamily.Counter("node_disk_writes_completed_total", "Writes that the disk has finished."), 1),
        (HostFamily.Counter("node_disk_writes_merged_total", "Writes joined with a neighbouring one before they went to the disk."), 1),
        (HostFamily.Counter("node_disk_written_bytes_total", "Data written to the disk, bytes."), SectorBytes),
        (HostFamily.Counter("node_disk_write_time_seconds_total", "Time of all writes added up, seconds."), Milli),
        (HostFamily.Gauge("node_disk_io_now", "Requests that the disk is working on."), 1),
        (HostFamily.Counter("node_disk_io_time_seconds_total", "Time in which the disk had at least one request, seconds."), Milli),
        (HostFamily.Counter("node_disk_io_time_weighted_seconds_total", "Time that requests were under way, each counted for itself, seconds."), Milli),
        (HostFamily.Counter("node_disk_discards_completed_total", "Discards that the disk has finished."), 1),
        (HostFamily.Counter("node_disk_discards_merged_total", "Discards joined with a neighbouring one before they went to the disk."), 1),
        (HostFamily.Counter("node_disk_discarded_sectors_total", "Sectors that were told to be unused."), 1),
        (HostFamily.Counter("node_disk_discard_time_seconds_total", "Time of all discards added up, seconds."), Milli),
        (HostFamily.Counter("node_disk_flush_requests_total", "Flushes of the write cache that the disk has finished."), 1),
        (HostFamily.Counter("node_disk_flush_requests_time_seconds_total", "Time of all flushes added up, seconds."), Milli),
    ];

    private readonly NameFilter _devices = new(config.Exclude, config.DeviceInclude);
    private readonly DiskFacts _facts = new();
    private byte[] _text = [];

    public IEnumerable<HostFamily> Families => [.. Columns.Select(c => c.Family), .. DiskFacts.Families];

    public bool Collect(HostFiles files, SeriesWriter writer)
    {
        if (!files.TryProc("diskstats", ref _text, out var text)) return false;
        var reader = new FieldReader(text);
        while (reader.NextLine())
        {
            var (major, minor) = (reader.Number(), reader.Number());
            var device = reader.Field();
            if (device.IsEmpty || double.IsNaN(minor) || _devices.Ignores(device)) continue;
            _facts.Add(files, writer, device, (int)major, (int)minor);
            for (int i = 0; i < Columns.Length; i++)
            {
                double value = reader.Number();
                if (double.IsNaN(value)) break;
                writer.Series(Columns[i].Family).Label("device"u8, device).Value(value * Columns[i].Factor);
            }
        }
        return true;
    }
}
