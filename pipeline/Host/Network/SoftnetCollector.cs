using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Host.Network;

/// <summary>What each processor did with packets, from /proc/net/softnet_stat. Hexadecimal there, without a head.</summary>
internal sealed class SoftnetCollector : IHostCollector
{
    private const int MaxColumns = 13;

    // The kernel writes the processor's number since 5.10; before, a line is the next processor.
    private const int CpuColumn = 12;

    // Kernels before this many columns are older than any that .NET runs on.
    private const int LeastColumns = 9;

    private static readonly (int Column, HostFamily Family)[] Columns =
    [
        (0, HostFamily.Counter("node_softnet_processed_total", "Packets that the processor took from network devices.")),
        (1, HostFamily.Counter("node_softnet_dropped_total", "Packets lost because the processor's backlog was full.")),
        (2, HostFamily.Counter("node_softnet_times_squeezed_total", "Rounds cut short with packets left, for want of budget or time.")),
        (8, HostFamily.Counter("node_softnet_cpu_collision_total", "Times the processor found a device's send lock taken.")),
        (9, HostFamily.Counter("node_softnet_received_rps_total", "Times another processor woke this one to handle packets (RPS).")),
        (10, HostFamily.Counter("node_softnet_flow_limit_count_total", "Packets turned away because their flow took more than its share.")),
        (11, HostFamily.Gauge("node_softnet_backlog_len", "Packets in the processor's backlog.")),
    ];

    public IEnumerable<HostFamily> Families => Columns.Select(c => c.Family);

    public bool Collect(HostFiles files, SeriesWriter writer)
    {
        if (!files.TryProc("net/softnet_stat", out var text)) return false;
        Span<double> numbers = stackalloc double[MaxColumns];
        var reader = new FieldReader(text);
        for (int line = 0; reader.NextLine(); line++)
        {
            numbers.Clear();
            int columns = 0;
            for (; columns < MaxColumns && reader.Hex() is var number && !double.IsNaN(number); columns++) numbers[columns] = number;
            if (columns < LeastColumns) return false;
            // The length of the backlog came together with the processor's number.
            if (columns <= CpuColumn) numbers[CpuColumn - 1] = 0;
            long cpu = columns > CpuColumn ? (long)numbers[CpuColumn] : line;
            foreach (var (column, family) in Columns) writer.Series(family).Label("cpu"u8, cpu).Value(numbers[column]);
        }
        return true;
    }
}
