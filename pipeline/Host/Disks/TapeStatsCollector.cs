using Streamline.Pipeline.Config;
using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Host.Disks;

/// <summary>SCSI tape drives, from /sys/class/scsi_tape (kernel Documentation/scsi/st.rst). Nanoseconds there.</summary>
internal sealed class TapeStatsCollector(HostIgnoredDevicesConfig config) : IHostCollector
{
    private const double Nano = 0.000000001;

    private static readonly (string File, HostFamily Family, double Factor)[] Counters =
    [
        ("stats/in_flight", HostFamily.Gauge("node_tape_io_now", "The number of I/Os currently outstanding to this device."), 1),
        ("stats/io_ns", HostFamily.Counter("node_tape_io_time_seconds_total", "The amount of time spent waiting for all I/O to complete (including read and write). This includes tape movement commands such as seeking between file or set marks and implicit tape movement such as when rewind on close tape devices are used."), Nano),
        ("stats/other_cnt", HostFamily.Counter("node_tape_io_others_total", "The number of I/Os issued to the tape drive other than read or write commands. The time taken to complete these commands uses the following calculation io_time_seconds_total-read_time_seconds_total-write_time_seconds_total"), 1),
        ("stats/read_byte_cnt", HostFamily.Counter("node_tape_read_bytes_total", "The number of bytes read from the tape drive."), 1),
        ("stats/read_cnt", HostFamily.Counter("node_tape_reads_completed_total", "The number of read requests issued to the tape drive."), 1),
        ("stats/read_ns", HostFamily.Counter("node_tape_read_time_seconds_total", "The amount of time spent waiting for read requests to complete."), Nano),
        ("stats/resid_cnt", HostFamily.Counter("node_tape_residual_total", "The number of times during a read or write we found the residual amount to be non-zero. This should mean that a program is issuing a read larger thean the block size on tape. For write not all data made it to tape."), 1),
        ("stats/write_byte_cnt", HostFamily.Counter("node_tape_written_bytes_total", "The number of bytes written to the tape drive."), 1),
        ("stats/write_cnt", HostFamily.Counter("node_tape_writes_completed_total", "The number of write requests issued to the tape drive."), 1),
        ("stats/write_ns", HostFamily.Counter("node_tape_write_time_seconds_total", "The amount of time spent waiting for write requests to complete."), Nano),
    ];

    private readonly DeviceTable _tapes = new("class/scsi_tape", "st", [.. Counters.Select(c => c.File)]);
    private readonly NameFilter _devices = new(config.IgnoredDevices);

    public IEnumerable<HostFamily> Families => Counters.Select(c => c.Family);

    public bool Collect(HostFiles files, SeriesWriter writer)
    {
        if (_tapes.List(files) is not { } tapes) return false;
        foreach (var tape in tapes)
        {
            if (!IsPlain(tape.Number) || _devices.Ignores(tape.Name)) continue;
            for (int i = 0; i < Counters.Length; i++) writer.ValueOf(Counters[i].Family, "device"u8, tape.Name, tape.Read(files, i) * Counters[i].Factor);
        }
        return true;
    }

    // st0a and nst0 are other ways to open st0.
    private static bool IsPlain(string number)
    {
        foreach (char c in number)
        {
            if (!char.IsAsciiDigit(c)) return false;
        }
        return true;
    }
}
