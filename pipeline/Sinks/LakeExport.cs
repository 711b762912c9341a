using Streamline.Pipeline.Config;
using Streamline.Pipeline.Sinks;
using Streamline.Storage;

namespace Streamline.Pipeline;

/// <summary>What <see cref="LakeExport"/> is to do.</summary>
public sealed record LakeExportOptions
{
    /// <summary>Data directory, of a stopped or a running server.</summary>
    public required string DataPath { get; init; }

    /// <summary>Configuration whose parquet sinks are meant; null for none.</summary>
    public string? ConfigFile { get; init; }

    /// <summary>An empty or new folder that everything is written to once; null exports to the configured sinks.</summary>
    public string? To { get; init; }
}

/// <summary>What an export has written.</summary>
/// <param name="Path">The lake's folder.</param>
/// <param name="Rows">Rows of the table.</param>
/// <param name="Files">Its files.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="HotRows">Rows beside the table: samples of the head, which no block covers yet.</param>
/// <param name="Histograms">Native histograms that were left out.</param>
/// <param name="UnreadableChunks">Chunks of encodings that are not read.</param>
public sealed record LakeExportResult(string Path, long Rows, int Files, long Bytes, long HotRows, long Histograms, long UnreadableChunks);

/// <summary>
/// The lake on demand. Into a folder of its own: blocks and head, merged and de-duplicated, each sample once. Into a configured sink: the blocks that its
/// manifest lacks, then the head as hot parts beside the table.
/// </summary>
public static class LakeExport
{
    /// <summary>Exports; a result for each lake.</summary>
    /// <exception cref="ConfigException">The configuration has errors.</exception>
    /// <exception cref="StorageCorruptionException">The data directory is damaged.</exception>
    /// <exception cref="IOException">A directory cannot be read or written, the target is not empty, or nothing says where to export to.</exception>
    public static IReadOnlyList<LakeExportResult> Run(LakeExportOptions options, CancellationToken cancellation = default)
    {
        var sinks = Sinks(options.ConfigFile);
        if (options.To is null && sinks.Count == 0) throw new IOException("no parquet sink is configured; say where to export to with --to");
        if (options.To is { } to && Directory.Exists(to) && Directory.EnumerateFileSystemEntries(to).Any()) throw new IOException($"{to} is not empty");
        if (!Directory.Exists(options.DataPath)) throw new IOException($"there is no data directory {options.DataPath}");
        using var store = Tsdb.Open(new TsdbOptions { Path = options.DataPath, ReadOnly = true });
        if (options.To is null) return [.. sinks.Select(sink => Into(sink, store, cancellation))];
        // Every series goes along, whatever a sink matches; columns and directories are those of the first sink.
        var table = new LakeTable(options.To, sinks.Count > 0 ? sinks[0].Parquet! : new ParquetSinkConfig(), [], []);
        return [Snapshot(table, store, cancellation)];
    }

    private static List<SinkConfig> Sinks(string? configFile)
    {
        if (configFile is null) return [];
        var loaded = ConfigLoader.Load(configFile);
        if (!loaded.IsValid) throw new ConfigException(loaded.Errors);
        return [.. loaded.Config!.Sinks.Where(s => s.Parquet is not null)];
    }

    private static LakeExportResult Snapshot(LakeTable table, Tsdb store, CancellationToken cancellation)
    {
        var head = store.Status(0);
        long min = Math.Min(head.MinTimeMs, store.Blocks.Select(b => b.MinTimeMs).DefaultIfEmpty(long.MaxValue).Min());
        long max = Math.Max(head.MaxTimeMs, store.Blocks.Select(b => b.MaxTimeMs - 1).DefaultIfEmpty(long.MinValue).Max());
        Directory.CreateDirectory(table.Root);
        return Result(table, [table.Export(store, new(min, max), LakeLayout.Table, "snapshot", cancellation)], 0);
    }

    private static LakeExportResult Into(SinkConfig sink, Tsdb store, CancellationToken cancellation)
    {
        var table = new LakeTable(sink.Parquet!.Path, sink.Parquet, sink.Match.Items, sink.WriteRelabelConfigs);
        var manifest = new LakeManifest(table.Root).Load();
        var parts = new List<LakePart>();
        foreach (var info in store.Blocks)
        {
            using var block = StoredBlock.Open(info.Path);
            if (manifest.Covers(block)) continue;
            var part = table.Export(block, new(info.MinTimeMs, info.MaxTimeMs - 1), LakeLayout.Table, info.Ulid, cancellation);
            manifest.Add(LakeSink.EntryOf(info, part));
            parts.Add(part);
        }
        var status = store.Status(0);
        // The head starts behind the blocks.
        var hot = LakeHot.Replace(table, store, new(Math.Max(status.MinTimeMs, store.Blocks.Select(b => b.MaxTimeMs).DefaultIfEmpty(long.MinValue).Max()), status.MaxTimeMs), cancellation);
        // A running server may have brought a block into the table while the head was written.
        foreach (var entry in manifest.Load().Entries.Where(e => e.Dropped is null)) LakeHot.RemoveCovered(table.Root, entry.MinTimeMs, entry.MaxTimeMs);
        return Result(table, parts, hot.Rows);
    }

    private static LakeExportResult Result(LakeTable table, List<LakePart> parts, long hotRows) => new(
        table.Root, parts.Sum(p => p.Rows), parts.Sum(p => p.Files.Count), parts.Sum(p => p.Files.Sum(f => f.Bytes)), hotRows, parts.Sum(p => p.Histograms), parts.Sum(p => p.UnreadableChunks));
}
