using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Host.Network;

/// <summary>Connection tracking: entries and their limit, and counters of all processors added up, from /proc/net/stat/nf_conntrack. Hexadecimal there.</summary>
internal sealed class ConntrackCollector : IHostCollector
{
    private const int MaxColumns = 17;

    private static readonly HostFamily Entries = Gauge("entries", "Connections that the kernel tracks at present.");
    private static readonly HostFamily Limit = Gauge("entries_limit", "Connections that the kernel tracks at most.");

    // Column of the file, and its family.
    private static readonly (int Column, HostFamily Family)[] Counters =
    [
        (2, Gauge("stat_found", "Lookups that found the connection already tracked.")),
        (4, Gauge("stat_invalid", "Packets that belong to no connection that could be tracked.")),
        (5, Gauge("stat_ignore", "Packets let through untracked, or whose connection was known beforehand.")),
        (8, Gauge("stat_insert", "Connections added to the table.")),
        (9, Gauge("stat_insert_failed", "Connections that could not be added to the table.")),
        (10, Gauge("stat_drop", "Packets thrown away because their connection could not be tracked.")),
        (11, Gauge("stat_early_drop", "Connections forgotten early because the table was full.")),
        (16, Gauge("stat_search_restart", "Lookups begun anew because the table changed its size meanwhile.")),
    ];

    public IEnumerable<HostFamily> Families => [Entries, Limit, .. Counters.Select(c => c.Family)];

    public bool Collect(HostFiles files, SeriesWriter writer)
    {
        double entries = files.ProcNumber("sys/net/netfilter/nf_conntrack_count");
        if (double.IsNaN(entries)) return false;
        writer.Series(Entries).Value(entries);
        double limit = files.ProcNumber("sys/net/netfilter/nf_conntrack_max");
        if (double.IsNaN(limit)) return false;
        writer.Series(Limit).Value(limit);
        if (!files.TryProc("net/stat/nf_conntrack", out var text)) return false;
        Span<double> sums = stackalloc double[MaxColumns];
        sums.Clear();
        var reader = new FieldReader(text);
        _ = reader.NextLine();
        while (reader.NextLine())
        {
            // The last column came with later kernels.
            for (int i = 0; i < MaxColumns && reader.Hex() is var count && !double.IsNaN(count); i++) sums[i] += count;
        }
        foreach (var (column, family) in Counters) writer.Series(family).Value(sums[column]);
        return true;
    }

    private static HostFamily Gauge(string name, string help) => HostFamily.Gauge("node_nf_conntrack_" + name, help);
}
