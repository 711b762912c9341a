using Streamline.Pipeline.Config;
using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Host.Disks;

/// <summary>SCSI tape drives, from /sys/class/scsi_tape (kernel Documentation/scsi/st.rst). Nanoseconds there.</summary>
internal sealed class TapeStatsCollector(HostIgnoredDevicesConfig config) : IHostCollector
{
    private const double Nano = 0.000000001;

    private static readonly (string File, HostFamily Family, double Factor)[] Counters =
    [
        ("stats/in_flight", HostFamily.Gauge("node_tape_io_now", "Requests that the tape drive is working on."), 1),
        ("stats/io_ns", HostFamily.Counter("node_tape_io_time_seconds_total", "Time of all requests to the tape drive added up, winding included, seconds."), Nano),
        ("stats/other_cnt", HostFamily.Counter("node_tape_io_others_total", "Requests to the tape drive that neither read nor write."), 1),
        ("stats/read_byte_cnt", HostFamily.Counter("node_tape_read_bytes_total", "Data read from tape, bytes."), 1),
        ("stats/read_cnt", HostFamily.Counter("node_tape_reads_completed_total", "Reads that the tape drive has been given."), 1),
        ("stats/read_ns", HostFamily.Counter("node_tape_read_time_seconds_total", "Time of all reads from tape added up, seconds."), Nano),
        ("stats/resid_cnt", HostFamily.Counter("node_tape_residual_total", "Reads and writes that moved less than was asked for."), 1),
        ("stats/write_byte_cnt", HostFamily.Counter("node_tape_written_bytes_total", "Data written to tape, bytes."), 1),
        ("stats/write_cnt", HostFamily.Counter("node_tape_writes_completed_total", "Writes that the tape drive has been given."), 1),
        ("stats/write_ns", HostFamily.Counter("node_tape_write_time_seconds_total", "Time of all writes to tape added up, seconds."), Nano),
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
