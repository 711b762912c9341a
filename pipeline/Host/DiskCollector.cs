using System.Text;
using System.Text.RegularExpressions;
using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Host;

/// <summary>Block device counters, from /proc/diskstats (kernel Documentation/admin-guide/iostats.rst). Sectors are 512 bytes there, times milliseconds.</summary>
internal sealed partial class DiskCollector : IHostCollector
{
    private const double SectorBytes = 512;

    // The columns behind the device name, in file order, with the factor to base units; the last ones came with later kernels.
    private static readonly (string Name, double Factor, string Help)[] Columns =
    [
        ("node_disk_reads_completed_total", 1, "Reads done."),
        ("node_disk_reads_merged_total", 1, "Reads merged into others."),
        ("node_disk_read_bytes_total", SectorBytes, "Bytes read."),
        ("node_disk_read_time_seconds_total", 0.001, "Time spent in reads, seconds."),
        ("node_disk_writes_completed_total", 1, "Writes done."),
        ("node_disk_writes_merged_total", 1, "Writes merged into others."),
        ("node_disk_written_bytes_total", SectorBytes, "Bytes written."),
        ("node_disk_write_time_seconds_total", 0.001, "Time spent in writes, seconds."),
        ("node_disk_io_now", 1, "Requests under way."),
        ("node_disk_io_time_seconds_total", 0.001, "Time with a request under way, seconds."),
        ("node_disk_io_time_weighted_seconds_total", 0.001, "Time spent in requests, each counted, seconds."),
        ("node_disk_discards_completed_total", 1, "Discards done."),
        ("node_disk_discards_merged_total", 1, "Discards merged into others."),
        ("node_disk_discarded_sectors_total", 1, "Sectors discarded."),
        ("node_disk_discard_time_seconds_total", 0.001, "Time spent in discards, seconds."),
        ("node_disk_flush_requests_total", 1, "Flushes done."),
        ("node_disk_flush_requests_time_seconds_total", 0.001, "Time spent in flushes, seconds."),
    ];

    private readonly byte[][] _names = [.. Columns.Select(c => Encoding.ASCII.GetBytes(c.Name))];
    private readonly NameTable<bool> _ignored = new(device => Ignored().IsMatch(device));

    public string Name => "diskstats";

    public IReadOnlyList<HostFamily> Families { get; } = [.. Columns.Select(c => new HostFamily(c.Name, c.Name.EndsWith("_now", StringComparison.Ordinal) ? "gauge" : "counter", c.Help))];

    public bool Collect(HostFiles files, SeriesWriter writer)
    {
        if (!files.TryProc("diskstats", out var text)) return false;
        var reader = new FieldReader(text);
        while (reader.NextLine())
        {
            _ = reader.Field();
            _ = reader.Field();
            var device = reader.Field();
            if (device.IsEmpty || _ignored[device]) continue;
            for (int i = 0; i < _names.Length; i++)
            {
                double value = reader.Number();
                if (double.IsNaN(value)) break;
                writer.Series(_names[i]).Label("device"u8, device).Value(value * Columns[i].Factor);
            }
        }
        return true;
    }

    // Partitions and devices without a disk behind them, as node_exporter leaves them out by default.
    [GeneratedRegex(@"^(?:(?:ram|loop|fd|(?:h|s|v|xv)d[a-z]|nvme\d+n\d+p)\d+)$")]
    private static partial Regex Ignored();
}
