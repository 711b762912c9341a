using Streamline.Storage.Memory;

namespace Streamline.Storage.Head;

/// <summary>Letting go of what a block has taken over.</summary>
internal sealed partial class HeadStore
{
    // Guarded by the commit lock: chunks that end before this time have been given back already.
    private long _truncatedTo = long.MinValue;
    private long _removals;

    /// <summary>Times that series may have left the head; rises before they do. Any thread.</summary>
    public long Removals => Interlocked.Read(ref _removals);

    /// <summary>
    /// Forgets all samples before a time, then the series that are left without samples and unused since the last truncation.
    /// Returns the references of those series.
    /// </summary>
    public List<ulong> Truncate(long minTimeMs)
    {
        var gone = new List<ulong>();
        lock (_commitLock)
        {
            lock (_applyLock)
            {
                _minValidTime = Math.Max(_minValidTime, minTimeMs);
                _minTime = DropChunks(minTimeMs);
                _truncatedTo = Math.Max(_truncatedTo, minTimeMs);
                Collect(gone);
                Tombstones.TruncateBefore(minTimeMs, OutOfOrder.Has);
            }
            DropChunkFiles(minTimeMs);
            _epochs.Advance(_arena, _releaseSlot);
        }
        Counters.SeriesRemoved.Add(gone.Count);
        Counters.Truncations.Add(1);
        return gone;
    }

    /// <summary>Runs an action while no commit runs.</summary>
    public void BetweenCommits(Action action)
    {
        lock (_commitLock) action();
    }

    /// <summary>Returns the oldest time left, never below the truncation.</summary>
    private long DropChunks(long minTimeMs)
    {
        long oldest = long.MaxValue;
        for (int slot = 0; slot < Series.SlotCount; slot++)
        {
            ref var line = ref Series.Lines.At(slot);
            if (line.Chunk == 0) continue;
            if (line.State.Timestamp < minTimeMs) DropAll(ref line);
            else oldest = Math.Min(oldest, DropOlder(line.Chunk, minTimeMs));
        }
        return oldest == long.MaxValue ? oldest : Math.Max(oldest, minTimeMs);
    }

    // Time and value of the last sample stay, for the checks of the next one.
    private void DropAll(ref SeriesLine line)
    {
        GiveBack(line.Chunk);
        line.Chunk = 0;
        line.State.Count = 0;
        line.State.BitLength = 0;
    }

    private long DropOlder(nint block, long minTimeMs)
    {
        while (true)
        {
            ref var header = ref ChunkBlock.Header(block);
            if (header.Older == 0 || header.OlderMaxTime < _truncatedTo) return header.MinTime;
            if (header.OlderMaxTime < minTimeMs)
            {
                GiveBack(header.Older);
                return header.MinTime;
            }
            block = header.Older;
        }
    }

    private void GiveBack(nint block)
    {
        while (true)
        {
            ref var header = ref ChunkBlock.Header(block);
            _epochs.Retire(block, header.BlockBytes);
            _chunks--;
            Counters.ChunksRemoved.Add(1);
            if (header.Older == 0 || header.OlderMaxTime < _truncatedTo) return;
            block = header.Older;
        }
    }

    private void Collect(List<ulong> gone)
    {
        var unlogged = new HashSet<ulong>(_unlogged.Select(h => h.Ref).Concat(_created.Select(h => h.Ref)));
        Interlocked.Increment(ref _removals);
        var removed = Series.RemoveWhere(slot => IsDead(slot, unlogged, gone));
        foreach (int slot in removed) _epochs.Retire(slot);
        foreach (ulong reference in gone)
        {
            Forget(reference);
            _metadata.TryRemove(reference, out _);
        }
    }

    private bool IsDead(int slot, HashSet<ulong> unlogged, List<ulong> gone)
    {
        ref var line = ref Series.Lines.At(slot);
        if (line.Chunk != 0 || line.Ref == 0 || OutOfOrder.Has(line.Ref)) return false;
        if (line.Touched != 0 || unlogged.Contains(line.Ref))
        {
            line.Touched = 0;
            return false;
        }
        gone.Add(line.Ref);
        return true;
    }
}
