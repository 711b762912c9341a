using System.Text.RegularExpressions;
using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Host.Filesystems;

/// <summary>Bcachefs file systems, from /sys/fs/bcachefs: counters of the file system and of its devices.</summary>
internal sealed partial class BcachefsCollector : IHostCollector
{
    private const string Folder = "fs/bcachefs";

    private static readonly HostFamily Info = Gauge("info", "Always 1: a bcachefs file system by its UUID.");
    private static readonly HostFamily BtreeCache = Gauge("btree_cache_size_bytes", "Memory that holds nodes of the file system's trees, bytes.");
    private static readonly HostFamily Compressed = Gauge("compression_compressed_bytes", "Space that data of each compression takes on disk, bytes.");
    private static readonly HostFamily Uncompressed = Gauge("compression_uncompressed_bytes", "Space that data of each compression would take without it, bytes.");
    private static readonly HostFamily Errors = Counter("errors_total", "Faults found in the file system, by kind.");
    private static readonly HostFamily Writes = Counter("btree_writes_total", "Tree nodes written, by cause.");
    private static readonly HostFamily WriteSize = Gauge("btree_write_average_size_bytes", "Size of a tree node's write on average, by cause, bytes.");

    private readonly LearnedFamilies _counters = new(counter => Counter(NotInNames().Replace(counter, "_") + "_total", $"What bcachefs counted as {counter} since the file system was made."));
    private readonly Inventory<List<Volume>> _volumes = new(Find);

    public IEnumerable<HostFamily> Families => [Info, BtreeCache, Compressed, Uncompressed, Errors, Writes, WriteSize, .. BcachefsDevice.Families, .. _counters.All];

    private sealed record Volume(DeviceFolder Files, (string Name, string File)[] Counters, BcachefsDevice[] Devices);

    public bool Collect(HostFiles files, SeriesWriter writer)
    {
        var volumes = _volumes.Of(files);
        foreach (var volume in volumes) Add(volume, files, writer);
        return volumes.Count > 0;
    }

    private void Add(Volume volume, HostFiles files, SeriesWriter writer)
    {
        string uuid = volume.Files.Name;
        writer.ValueOf(Info, "uuid"u8, uuid, 1);
        double cache = files.TrySysText(volume.Files[0], out var text) ? HumanSize.Parse(text) : 0;
        writer.ValueOf(BtreeCache, "uuid"u8, uuid, double.IsNaN(cache) ? 0 : cache);
        if (files.TrySys(volume.Files[1], out text)) AddCompression(uuid, text, writer);
        if (files.TrySys(volume.Files[2], out text)) AddErrors(uuid, text, writer);
        if (files.TrySys(volume.Files[3], out text)) AddWrites(uuid, text, writer);
        foreach (var (name, file) in volume.Counters)
        {
            if (!files.TrySys(file, out text) || _counters[name] is not { } family) continue;
            writer.ValueOf(family, "uuid"u8, uuid, SinceCreation(text));
        }
        foreach (var device in volume.Devices) device.Add(uuid, files, writer);
    }

    // A head, then: algorithm, compressed, uncompressed, average extent.
    private static void AddCompression(string uuid, ReadOnlySpan<byte> text, SeriesWriter writer)
    {
        var reader = new FieldReader(text);
        _ = reader.NextLine();
        while (reader.NextLine())
        {
            var algorithm = reader.Field().TrimEnd(":"u8);
            var (compressed, uncompressed) = (HumanSize.Parse(reader.Field()), HumanSize.Parse(reader.Field()));
            if (double.IsNaN(uncompressed)) continue;
            writer.Series(Compressed).Label("uuid"u8, uuid).Label("algorithm"u8, algorithm).Value(compressed);
            writer.Series(Uncompressed).Label("uuid"u8, uuid).Label("algorithm"u8, algorithm).Value(uncompressed);
        }
    }

    private static void AddErrors(string uuid, ReadOnlySpan<byte> text, SeriesWriter writer)
    {
        var reader = new FieldReader(text);
        while (reader.NextLine())
        {
            var type = reader.Field();
            double count = reader.Number();
            if (!double.IsNaN(count)) writer.Series(Errors).Label("uuid"u8, uuid).Label("error_type"u8, type).Value(count);
        }
    }

    // A head, then: type, writes, average size.
    private static void AddWrites(string uuid, ReadOnlySpan<byte> text, SeriesWriter writer)
    {
        var reader = new FieldReader(text);
        _ = reader.NextLine();
        while (reader.NextLine())
        {
            var type = reader.Field().TrimEnd(":"u8);
            var (count, size) = (reader.Number(), HumanSize.Parse(reader.Field()));
            if (double.IsNaN(size)) continue;
            writer.Series(Writes).Label("uuid"u8, uuid).Label("type"u8, type).Value(count);
            writer.Series(WriteSize).Label("uuid"u8, uuid).Label("type"u8, type).Value(size);
        }
    }

    private static double SinceCreation(ReadOnlySpan<byte> text)
    {
        var key = "since filesystem creation:"u8;
        int at = text.IndexOf(key);
        if (at < 0) return text.IndexOf("since mount:"u8) >= 0 ? 0 : double.NaN;
        var rest = text[(at + key.Length)..];
        int end = rest.IndexOf((byte)'\n');
        return HumanSize.Parse(end < 0 ? rest : rest[..end]);
    }

    private static List<Volume> Find(HostFiles files)
    {
        var found = new List<Volume>();
        foreach (string uuid in files.SysList(Folder) ?? [])
        {
            string path = $"{Folder}/{uuid}";
            if (files.SysListNow(path) is not { } inside) continue;
            var counters = (files.SysListNow(path + "/counters") ?? []).Select(name => (name, $"{path}/counters/{name}"));
            var devices = inside.Where(name => name.StartsWith("dev-", StringComparison.Ordinal)).Select(name => new BcachefsDevice($"{path}/{name}", name[4..]));
            found.Add(new Volume(new DeviceFolder(path, uuid, 0, ["btree_cache_size", "compression_stats", "errors", "btree_write_stats"]), [.. counters], [.. devices]));
        }
        return found;
    }

    private static HostFamily Gauge(string name, string help) => HostFamily.Gauge("node_bcachefs_" + name, help);

    private static HostFamily Counter(string name, string help) => HostFamily.Counter("node_bcachefs_" + name, help);

    [GeneratedRegex("_*[^0-9A-Za-z_]+_*")]
    private static partial Regex NotInNames();
}
