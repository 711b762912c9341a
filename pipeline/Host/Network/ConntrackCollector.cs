using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Host.Network;

/// <summary>Connection tracking: entries and their limit, and counters of all processors added up, from /proc/net/stat/nf_conntrack. Hexadecimal there.</summary>
internal sealed class ConntrackCollector : IHostCollector
{
    private const int MaxColumns = 17;

    private static readonly HostFamily Entries = Gauge("entries", "Number of currently allocated flow entries for connection tracking.");
    private static readonly HostFamily Limit = Gauge("entries_limit", "Maximum size of connection tracking table.");

    // Column of the file, and its family.
    private static readonly (int Column, HostFamily Family)[] Counters =
    [
        (2, Gauge("stat_found", "Number of searched entries which were successful.")),
        (4, Gauge("stat_invalid", "Number of packets seen which can not be tracked.")),
        (5, Gauge("stat_ignore", "Number of packets seen which are already connected to a conntrack entry.")),
        (8, Gauge("stat_insert", "Number of entries inserted into the list.")),
        (9, Gauge("stat_insert_failed", "Number of entries for which list insertion was attempted but failed.")),
        (10, Gauge("stat_drop", "Number of packets dropped due to conntrack failure.")),
        (11, Gauge("stat_early_drop", "Number of dropped conntrack entries to make room for new ones, if maximum table size was reached.")),
        (16, Gauge("stat_search_restart", "Number of conntrack table lookups which had to be restarted due to hashtable resizes.")),
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
