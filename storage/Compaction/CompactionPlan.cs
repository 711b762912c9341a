using Streamline.Storage.Blocks;

namespace Streamline.Storage.Compaction;

/// <summary>
/// Chooses what is compacted next, as Prometheus's leveled compaction does (tsdb/compact.go): blocks that overlap first; then neighbours that fill the next longer
/// range, or lie behind it; then single blocks that are worth rewriting for their tombstones. Blocks that a compaction failed on are left alone, and
/// blocks of some of the head's series only (hints) are put together with their like; those of out-of-order samples are for all.
/// </summary>
internal sealed class CompactionPlan(long[] ranges)
{
    private const double RewriteShare = 0.05;

    /// <summary>Whether blocks that overlap are put together.</summary>
    public bool MergesOverlapping { get; init; } = true;

    /// <summary>Blocks that are not to be compacted yet; those made later are then left alone too, so that no gaps come to be.</summary>
    public Predicate<BlockReader> HoldsBack { get; init; } = static _ => false;

    /// <summary>The blocks to compact, by minimum time; empty when there is nothing to do.</summary>
    public List<BlockReader> Next(IEnumerable<BlockReader> blocks)
    {
        var free = blocks.OrderBy(b => b.Meta.Ulid, StringComparer.Ordinal).TakeWhile(b => !HoldsBack(b));
        foreach (var group in free.GroupBy(b => ClassOf(b.Meta)).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            var sorted = group.OrderBy(b => b.Meta.MinTimeMs).ThenBy(b => b.Meta.MaxTimeMs).ToList();
            var found = MergesOverlapping ? Overlapping(sorted) : [];
            if (found.Count == 0) found = Leveled(sorted);
            if (found.Count == 0) found = Tombstoned(sorted);
            if (found.Count > 0) return found;
        }
        return [];
    }

    // Regular blocks, of the least key, come first, so that the others never keep them waiting.
    private static string ClassOf(BlockMeta meta) => meta.Compaction.Hints?.FirstOrDefault(h => h is BlockHints.FromStaleSeries or BlockHints.FromSelectedSeries) ?? "";

    /// <summary>The first run of blocks each of which starts before an earlier one ends.</summary>
    private static List<BlockReader> Overlapping(List<BlockReader> blocks)
    {
        var run = new List<BlockReader>();
        long end = long.MinValue;
        BlockReader? previous = null;
        foreach (var block in blocks.Where(b => !b.Meta.Compaction.Failed))
        {
            if (previous is not null && block.Meta.MinTimeMs < end)
            {
                if (run.Count == 0) run.Add(previous);
                run.Add(block);
            }
            else if (run.Count > 0)
            {
                break;
            }
            previous = block;
            end = Math.Max(end, block.Meta.MaxTimeMs);
        }
        return run;
    }

    private List<BlockReader> Leveled(List<BlockReader> sorted)
    {
        // The newest block is still being joined by its neighbours; while it is the last one its range cannot be full.
        if (sorted.Count < 3) return [];
        var candidates = sorted[..^1];
        long newestStart = candidates[^1].Meta.MinTimeMs;
        for (int i = 1; i < ranges.Length; i++)
        {
            foreach (var part in SplitByRange(candidates, ranges[i]))
            {
                if (part.Count < 2 || part.Exists(b => b.Meta.Compaction.Failed)) continue;
                long start = part[0].Meta.MinTimeMs, end = part[^1].Meta.MaxTimeMs;
                if (end - start == ranges[i] || end <= newestStart) return part;
            }
        }
        return [];
    }

    /// <summary>Blocks by the aligned range that holds them whole; those that lie across a border belong to none.</summary>
    private static IEnumerable<List<BlockReader>> SplitByRange(List<BlockReader> blocks, long range) =>
        blocks.Where(b => b.Meta.MaxTimeMs <= AlignedStart(b.Meta.MinTimeMs, range) + range)
            .GroupBy(b => AlignedStart(b.Meta.MinTimeMs, range))
            .Select(g => g.ToList());

    private static long AlignedStart(long time, long range) => (time >= 0 ? time / range : (time - range + 1) / range) * range;

    private List<BlockReader> Tombstoned(List<BlockReader> sorted)
    {
        for (int i = sorted.Count - 2; i >= 0; i--)
        {
            var meta = sorted[i].Meta;
            long stones = meta.Stats.NumTombstones;
            if (stones == 0 || meta.Compaction.Failed) continue;
            bool large = meta.MaxTimeMs - meta.MinTimeMs >= ranges[ranges.Length / 2];
            if (stones >= meta.Stats.NumSeries || (large && (double)stones / (meta.Stats.NumSeries + 1) > RewriteShare)) return [sorted[i]];
        }
        return [];
    }
}
