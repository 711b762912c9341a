using Streamline.Pipeline.Config;
using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Host.Disks;

/// <summary>Block caches, from /sys/fs/bcache (kernel Documentation/admin-guide/bcache.rst). A file that is missing counts as 0.</summary>
internal sealed class BcacheCollector(HostBcacheConfig config) : IHostCollector
{
    private const string Folder = "fs/bcache";

    private static readonly (string File, HostFamily Family, double Factor)[] SetFiles =
    [
        Gauge("average_key_size", "average_key_size_sectors", "Data behind a key of the cache's tree on average, sectors."),
        Gauge("btree_cache_size", "btree_cache_size_bytes", "Memory that holds nodes of the cache's tree, bytes."),
        Gauge("cache_available_percent", "cache_available_percent", "Share of the cache without changed data in it, percent."),
        Gauge("congested", "congested", "How much requests are sent around the cache because it is too slow."),
        Gauge("root_usage_percent", "root_usage_percent", "How full the tree's root node is, percent; a full one makes the tree deeper."),
        Gauge("tree_depth", "tree_depth", "Levels of the cache's tree."),
        Gauge("internal/active_journal_entries", "active_journal_entries", "Journal entries whose keys the tree on disk does not have yet."),
        Gauge("internal/btree_nodes", "btree_nodes", "Nodes of the cache's tree."),
        // The file is named for microseconds and holds nanoseconds.
        Gauge("internal/btree_read_average_duration_us", "btree_read_average_duration_seconds", "Time to read a node of the tree on average, seconds.", 1e-9),
        Counter("internal/cache_read_races", "cache_read_races_total", "Reads of the cache that were thrown away because their bucket was given to other data meanwhile."),
    ];

    private static readonly (string File, HostFamily Family, double Factor)[] BackingFiles =
    [
        Gauge("dirty_data", "dirty_data_bytes", "Changed data in the cache that the backing device lacks, bytes."),
        Counter("stats_total/bypassed", "bypassed_bytes_total", "Data read and written around the cache, bytes."),
        Counter("stats_total/cache_hits", "cache_hits_total", "Requests that the cache answered."),
        Counter("stats_total/cache_misses", "cache_misses_total", "Requests that went on to the backing device."),
        Counter("stats_total/cache_bypass_hits", "cache_bypass_hits_total", "Requests meant to go around the cache whose data it had."),
        Counter("stats_total/cache_bypass_misses", "cache_bypass_misses_total", "Requests meant to go around the cache whose data it did not have."),
        Counter("stats_total/cache_miss_collisions", "cache_miss_collisions_total", "Fills after a miss that came too late because a write had put the data there."),
    ];

    private static readonly (string File, HostFamily Family, double Factor)[] CacheFiles =
    [
        Gauge("io_errors", "io_errors", "Recent I/O errors of the cache device; old ones fade out."),
        Counter("metadata_written", "metadata_written_bytes_total", "Everything but user data written to the cache device, bytes."),
        Counter("written", "written_bytes_total", "User data written to the cache device, bytes."),
    ];

    // Gone from kernels since 5.10: shown only where it counts.
    private static readonly (string File, HostFamily Family, double Factor) Readaheads = Counter("stats_total/cache_readaheads", "cache_readaheads_total", "Reads made ahead of need into the cache.");

    // Key of a line in writeback_rate_debug.
    private static readonly (string File, HostFamily Family, double Factor)[] Writeback =
    [
        Gauge("target", "dirty_target_bytes", "Changed data that writeback aims to leave in the cache for the backing device, bytes."),
        Gauge("rate", "writeback_rate", "Speed at which changed data is written back, bytes a second."),
        Gauge("proportional", "writeback_rate_proportional_term", "Part of the writeback speed that follows the distance to the target."),
        Gauge("integral", "writeback_rate_integral_term", "Part of the writeback speed that follows the distance summed over time."),
        Gauge("change", "writeback_change", "How much the writeback speed was last changed."),
    ];

    // Key of a line in priority_stats.
    private static readonly (string File, HostFamily Family, double Factor)[] Priorities =
    [
        Gauge("Unused", "priority_stats_unused_percent", "Share of the cache device that is empty, percent."),
        Gauge("Metadata", "priority_stats_metadata_percent", "Share of the cache device that metadata takes, percent."),
    ];

    private readonly Inventory<List<CacheSet>> _sets = new(Find);

    public IEnumerable<HostFamily> Families =>
        [.. SetFiles.Concat(BackingFiles).Concat(CacheFiles).Concat(Writeback).Append(Readaheads).Concat(config.PriorityStats ? Priorities : []).Select(f => f.Family)];

    private sealed record CacheSet(DeviceFolder Files, DeviceFolder[] Backing, DeviceFolder[] Caches);

    public bool Collect(HostFiles files, SeriesWriter writer)
    {
        foreach (var set in _sets.Of(files))
        {
            AddFiles(SetFiles, set, set.Files, default, files, writer);
            foreach (var device in set.Backing)
            {
                AddFiles(BackingFiles, set, device, "backing_device"u8, files, writer);
                AddLines(Writeback, device[BackingFiles.Length], set, device, "backing_device"u8, files, writer);
                if (NumberIn(device[BackingFiles.Length + 1], files) is var count and not 0) writer.Series(Readaheads.Family).Label("uuid"u8, set.Files.Name).Label("backing_device"u8, device.Name).Value(count);
            }
            foreach (var cache in set.Caches)
            {
                AddFiles(CacheFiles, set, cache, "cache_device"u8, files, writer);
                if (config.PriorityStats) AddLines(Priorities, cache[CacheFiles.Length], set, cache, "cache_device"u8, files, writer);
            }
        }
        return true;
    }

    private static void AddFiles((string File, HostFamily Family, double Factor)[] table, CacheSet set, DeviceFolder folder, ReadOnlySpan<byte> label, HostFiles files, SeriesWriter writer)
    {
        for (int i = 0; i < table.Length; i++) Add(table[i].Family, NumberIn(folder[i], files) * table[i].Factor, set, folder, label, writer);
    }

    private static void AddLines((string File, HostFamily Family, double Factor)[] table, string file, CacheSet set, DeviceFolder folder, ReadOnlySpan<byte> label, HostFiles files, SeriesWriter writer)
    {
        files.TrySys(file, out var text);
        foreach (var (key, family, _) in table) Add(family, LineOf(text, key), set, folder, label, writer);
    }

    private static void Add(HostFamily family, double value, CacheSet set, DeviceFolder folder, ReadOnlySpan<byte> label, SeriesWriter writer)
    {
        writer.Series(family).Label("uuid"u8, set.Files.Name);
        if (!label.IsEmpty) writer.Label(label, folder.Name);
        writer.Value(value);
    }

    private static double NumberIn(string file, HostFiles files) => files.TrySysText(file, out var text) && HumanSize.ParseBcache(text) is var value && !double.IsNaN(value) ? value : 0;

    // rate: 1.1M/sec and Unused: 99%: the value is the last word, without the unit behind it.
    private static double LineOf(ReadOnlySpan<byte> text, string key)
    {
        var reader = new FieldReader(text);
        while (reader.NextLine())
        {
            if (!System.Text.Ascii.Equals(reader.Until(":"u8), key)) continue;
            var word = reader.Line.Trim(" \t"u8);
            int end = word.IndexOfAny("/%"u8);
            double value = HumanSize.ParseBcache(end < 0 ? word : word[..end]);
            return double.IsNaN(value) ? 0 : value;
        }
        return 0;
    }

    private static List<CacheSet> Find(HostFiles files)
    {
        var found = new List<CacheSet>();
        foreach (string uuid in (files.SysList(Folder) ?? []).Where(n => n.Contains('-', StringComparison.Ordinal)))
        {
            string path = $"{Folder}/{uuid}";
            string[] backing = [.. BackingFiles.Select(f => f.File), "writeback_rate_debug", Readaheads.File];
            string[] caches = [.. CacheFiles.Select(f => f.File), "priority_stats"];
            found.Add(new CacheSet(new DeviceFolder(path, uuid, 0, [.. SetFiles.Select(f => f.File)]), new DeviceTable(path, "bdev", backing).List(files) ?? [], new DeviceTable(path, "cache", caches).List(files) ?? []));
        }
        return found;
    }

    private static (string File, HostFamily Family, double Factor) Gauge(string file, string name, string help, double factor = 1) => (file, HostFamily.Gauge("node_bcache_" + name, help), factor);

    private static (string File, HostFamily Family, double Factor) Counter(string file, string name, string help) => (file, HostFamily.Counter("node_bcache_" + name, help), 1);
}
