using Streamline.Storage.Compaction;

namespace Streamline.Storage.Blocks;

/// <summary>What may change about a finished block: its tombstones and marks in its meta.json. One thread at a time changes, any number reads.</summary>
internal sealed partial class BlockReader
{
    /// <summary>Deleted ranges of series.</summary>
    public int TombstoneCount => _tombstones.Count;

    /// <summary>Bytes of all files of the block, as it was opened.</summary>
    public long Bytes { get; }

    private static long BytesIn(string directory) => new DirectoryInfo(directory).EnumerateFiles("*", SearchOption.AllDirectories).Sum(f => f.Length);

    /// <summary>A walk over all series for a compaction; the caller disposes it.</summary>
    public BlockScan Scan()
    {
        ObjectDisposedException.ThrowIf(!TryRetain(), this);
        try
        {
            return new BlockScan(this, _index, _chunks, _tombstones);
        }
        catch
        {
            Release();
            throw;
        }
    }

    /// <summary>
    /// Marks the samples of the matching series in a range as deleted: in the file first, then for new readers. A series' range is cut to its chunks, so that
    /// the file says no more than was there.
    /// </summary>
    public void Delete(IReadOnlyList<LabelMatcher> matchers, TimeRange range)
    {
        ObjectDisposedException.ThrowIf(!TryRetain(), this);
        try
        {
            var found = new List<(ulong Series, TimeRange Range)>();
            ForEach(matchers, range, (series, _, chunks) =>
                found.Add((series, new TimeRange(Math.Max(range.MinMs, chunks[0].MinMs), Math.Min(range.MaxMs, chunks[^1].MaxMs)))));
            if (found.Count == 0) return;
            var stones = _tombstones.With(found);
            stones.Write(_files, Path);
            _tombstones = stones;
            Rewrite(Meta with { Stats = Meta.Stats with { NumTombstones = stones.Count } });
        }
        finally
        {
            Release();
        }
    }

    /// <summary>A compaction of it failed, for a reason that will not go away: further ones leave it alone.</summary>
    public void MarkFailed() => Rewrite(Meta with { Compaction = Meta.Compaction with { Failed = true } });

    /// <summary>Nothing of it is left: the next look at the directory deletes it.</summary>
    public void MarkDeletable() => Rewrite(Meta with { Compaction = Meta.Compaction with { Deletable = true } });

    private void Rewrite(BlockMeta meta)
    {
        meta.Write(_files, Path);
        _meta = meta;
    }
}
