using Streamline.Storage.Blocks;
using Streamline.Storage.Files;

namespace Streamline.Storage.Compaction;

/// <summary>
/// Makes one block out of several, in one pass over their series in label order. Memory: references, symbols and distinct label pairs of the blocks, and one
/// series; nothing grows with the samples.
/// </summary>
internal sealed class BlockCompactor(DataFiles files, string directory, TimeProvider time, Func<bool> isCancelled)
{
    public BlockFormat Format { get; init; } = BlockFormat.Usual;

    /// <summary>Writes the block that replaces its parents; null when nothing is left of them.</summary>
    /// <exception cref="OperationCanceledException">The database is closing; nothing is left behind.</exception>
    public BlockMeta? Write(IReadOnlyList<BlockReader> parents, int level)
    {
        var scans = new List<BlockScan>();
        try
        {
            foreach (var parent in parents) scans.Add(parent.Scan());
            using var writer = new BlockWriter(files, directory, time, OriginOf(parents, level));
            Merge(scans, new SeriesRewriter(writer));
            return writer.Finish();
        }
        finally
        {
            foreach (var scan in scans) scan.Dispose();
        }
    }

    /// <summary>The level of a compaction's block.</summary>
    public static int LevelAbove(IReadOnlyList<BlockReader> parents) => parents.Max(p => p.Meta.Compaction.Level) + 1;

    private void Merge(List<BlockScan> scans, SeriesRewriter rewriter)
    {
        var live = scans.ConvertAll(scan => scan.Next());
        while (true)
        {
            if (isCancelled()) throw new OperationCanceledException("the database is closing");
            Labels? least = null;
            for (int i = 0; i < scans.Count; i++)
            {
                if (live[i] && (least is null || scans[i].Labels.CompareTo(least) < 0)) least = scans[i].Labels;
            }
            if (least is null) return;
            var same = new List<int>();
            for (int i = 0; i < scans.Count; i++)
            {
                if (!live[i] || !scans[i].Labels.Equals(least)) continue;
                rewriter.Add(scans[i], i);
                same.Add(i);
            }
            rewriter.Write(least);
            // Only now: the rewriter read what was deleted of a series through its scan.
            foreach (int i in same) live[i] = scans[i].Next();
        }
    }

    private BlockOrigin OriginOf(IReadOnlyList<BlockReader> parents, int level) => new(parents.Min(p => p.Meta.MinTimeMs), parents.Max(p => p.Meta.MaxTimeMs))
    {
        Level = level,
        Sources = [.. parents.SelectMany(p => p.Meta.Compaction.Sources ?? [p.Meta.Ulid]).Distinct().Order(StringComparer.Ordinal)],
        Parents = [.. parents.Select(p => new BlockParent { Ulid = p.Meta.Ulid, MinTimeMs = p.Meta.MinTimeMs, MaxTimeMs = p.Meta.MaxTimeMs })],
        Format = Format,
        Hints = BlockHints.OfCompaction([.. parents.Select(p => p.Meta)]),
    };
}
