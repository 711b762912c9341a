using System.Text;
using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Host.Filesystems;

/// <summary>ZFS on Linux, from /proc/spl/kstat/zfs: counters of the module, and of pools and datasets.</summary>
internal sealed class ZfsCollector : IHostCollector
{
    private const string Folder = "spl/kstat/zfs";

    private static readonly HostFamily PoolState = HostFamily.Gauge("node_zfs_zpool_state", "1 for the state that the pool is in, 0 for the others.");

    private static readonly string[] PoolStates = ["online", "degraded", "faulted", "offline", "removed", "unavail", "suspended"];

    // File, and what the names of its families begin with.
    private static readonly (string File, string Prefix)[] ModuleFiles =
    [
        ("abdstats", "zfs_abd"), ("arcstats", "zfs_arc"), ("dbufstats", "zfs_dbuf"), ("dmu_tx", "zfs_dmu_tx"), ("dnodestats", "zfs_dnode"), ("fm", "zfs_fm"),
        ("vdev_cache_stats", "zfs_vdev_cache"), ("vdev_mirror_stats", "zfs_vdev_mirror"), ("xuio_stats", "zfs_xuio"), ("zfetchstats", "zfs_zfetch"), ("zil", "zfs_zil"),
    ];

    private readonly (string Path, LearnedFamilies Families)[] _module = [.. ModuleFiles.Select(f => ($"{Folder}/{f.File}", Learned(f.Prefix, f.File)))];
    private readonly LearnedFamilies _io = Learned("zfs_zpool", "io");
    private readonly LearnedFamilies _datasets = Learned("zfs_zpool_dataset", "objset");
    private readonly Inventory<List<Pool>> _pools = new(Find);
    private readonly HostFamily?[] _columns = new HostFamily?[64];

    public IEnumerable<HostFamily> Families => [PoolState, .. _io.All, .. _datasets.All, .. _module.SelectMany(m => m.Families.All)];

    private sealed record Pool(string Name, string Io, string State, string[] Datasets);

    public bool Collect(HostFiles files, SeriesWriter writer)
    {
        if (files.ProcList(Folder) is null) return false;
        bool isGood = true;
        foreach (var (path, families) in _module)
        {
            // Files came with features: one that is not there is none of this version.
            if (files.TryProc(path, out var text)) isGood &= TryAdd(text, families, writer);
        }
        foreach (var pool in _pools.Of(files))
        {
            if (files.TryProc(pool.Io, out var text)) AddIo(pool.Name, text, writer);
            foreach (string dataset in pool.Datasets)
            {
                if (files.TryProc(dataset, out text)) isGood &= TryAddDataset(pool.Name, text, writer);
            }
            if (files.TryProc(pool.State, out text)) AddState(pool.Name, text, writer);
        }
        return isGood;
    }

    // Behind the line "name type data": a counter's name, its type (3 and 4 are 64-bit numbers) and its value.
    private static bool TryAdd(ReadOnlySpan<byte> text, LearnedFamilies families, SeriesWriter writer)
    {
        var reader = new FieldReader(text);
        if (!TrySkipHead(ref reader)) return false;
        while (reader.NextLine())
        {
            var name = reader.Field();
            var type = reader.Field();
            if (!type.SequenceEqual("3"u8) && !type.SequenceEqual("4"u8)) continue;
            double value = reader.Number();
            if (!double.IsNaN(value) && families[name] is { } family) writer.Series(family).Value(value);
        }
        return true;
    }

    private static bool TrySkipHead(ref FieldReader reader)
    {
        while (reader.NextLine())
        {
            if (reader.Field().SequenceEqual("name"u8) && reader.Field().SequenceEqual("type"u8) && reader.Field().SequenceEqual("data"u8)) return true;
        }
        return false;
    }

    // A line of names that begins with nread, and a line of values under it.
    private void AddIo(string pool, ReadOnlySpan<byte> text, SeriesWriter writer)
    {
        var reader = new FieldReader(text);
        int columns = 0;
        while (reader.NextLine())
        {
            var field = reader.Field();
            if (columns == 0 && !field.SequenceEqual("nread"u8)) continue;
            if (columns == 0)
            {
                for (; !field.IsEmpty && columns < _columns.Length; field = reader.Field()) _columns[columns++] = _io[field];
                continue;
            }
            for (int i = 0; i < columns; i++, field = reader.Field())
            {
                if (_columns[i] is { } family) writer.ValueOf(family, "zpool"u8, pool, FieldReader.Parse(field));
            }
        }
    }

    private bool TryAddDataset(string pool, ReadOnlySpan<byte> text, SeriesWriter writer)
    {
        var reader = new FieldReader(text);
        if (!TrySkipHead(ref reader)) return false;
        ReadOnlySpan<byte> dataset = default;
        while (reader.NextLine())
        {
            var name = reader.Field();
            var type = reader.Field();
            if (name.SequenceEqual("dataset_name"u8)) dataset = reader.Line.TrimStart(" \t"u8);
            if (!type.SequenceEqual("4"u8)) continue;
            double value = reader.Number();
            if (!double.IsNaN(value) && _datasets[name] is { } family) writer.Series(family).Label("zpool"u8, pool).Label("dataset"u8, dataset).Value(value);
        }
        return true;
    }

    private static void AddState(string pool, ReadOnlySpan<byte> text, SeriesWriter writer)
    {
        var current = text.Trim(" \t\r\n"u8);
        foreach (string state in PoolStates)
            writer.Series(PoolState).Label("zpool"u8, pool).Label("state"u8, state).Value(Ascii.EqualsIgnoreCase(current, state) ? 1 : 0);
    }

    private static List<Pool> Find(HostFiles files)
    {
        var found = new List<Pool>();
        foreach (string name in files.ProcList(Folder) ?? [])
        {
            string path = $"{Folder}/{name}";
            if (files.ProcList(path) is not { } inside) continue;
            found.Add(new Pool(name, path + "/io", path + "/state", [.. inside.Where(f => f.StartsWith("objset-", StringComparison.Ordinal)).Select(f => $"{path}/{f}")]));
        }
        return found;
    }

    private static LearnedFamilies Learned(string prefix, string file) => new(field =>
    {
        string name = field[(field.LastIndexOf('.') + 1)..].Replace('-', '_');
        return HostFamily.Untyped($"node_{prefix}_{name}", $"Counter {field} that ZFS keeps in {file}.");
    });
}
