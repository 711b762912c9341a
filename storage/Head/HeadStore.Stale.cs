using Streamline.Storage.Memory;

namespace Streamline.Storage.Head;

/// <summary>Series that have ended, their newest sample a stale marker: found, and let go before their time once a block has them.</summary>
internal sealed partial class HeadStore
{
    /// <summary>All time: a deletion in the log that says so means that the series left the head there (Prometheus 3's truncateStaleSeries).</summary>
    public static readonly TimeRange Evicted = new(long.MinValue, long.MaxValue);

    /// <summary>Series whose newest sample is a stale marker. Any thread; looks at every series.</summary>
    public long StaleSeries
    {
        get
        {
            long stale = 0;
            var histograms = new List<ulong>();
            for (int slot = 0; slot < Series.SlotCount; slot++)
            {
                ref var line = ref Series.Lines.At(slot);
                if (line.Ref == 0 || line.Chunk == 0) continue;
                if (StaleMarker.Is(BitConverter.UInt64BitsToDouble(line.State.ValueBits))) stale++;
                else if (line.State.ValueBits == HistogramBits) histograms.Add(line.Ref);
            }
            if (histograms.Count == 0) return stale;
            lock (_commitLock) return stale + histograms.Count(r => _histograms.TryGetValue(r, out var series) && series.Last.IsStale);
        }
    }

    /// <summary>The stale series without out-of-order samples, and the time of their markers; in use again is then who is touched.</summary>
    public List<(SeriesHandle Series, long EndMs)> FindStale()
    {
        var found = new List<(SeriesHandle, long)>();
        lock (_commitLock)
        {
            for (int slot = 0; slot < Series.SlotCount; slot++)
            {
                ref var line = ref Series.Lines.At(slot);
                if (!IsStale(ref line)) continue;
                line.Touched = 0;
                found.Add((new SeriesHandle(slot, line.Ref), line.State.Timestamp));
            }
        }
        return found;
    }

    /// <summary>
    /// Lets go of those of the series that have stayed as they were: 1 the log says so, so that a replay lets go of them at the same place, 2 their chunks and they
    /// themselves go. Returns their references.
    /// </summary>
    /// <exception cref="IOException">The log cannot be written; nothing has changed then.</exception>
    public List<ulong> Evict(List<(SeriesHandle Series, long EndMs)> series)
    {
        lock (_commitLock)
        {
            var leaving = series.FindAll(s => IsUnchanged(s.Series, s.EndMs));
            if (leaving.Count == 0) return [];
            LogTombstones(leaving.ConvertAll(s => (s.Series.Ref, Evicted)));
            return Remove([.. leaving.Select(s => s.Series.Slot)]);
        }
    }

    // One that came back and ended again has samples that no block has.
    private bool IsUnchanged(SeriesHandle series, long endMs)
    {
        if (!Series.Lines.IsLive(series)) return false;
        ref var line = ref Series.Lines.At(series.Slot);
        return line.Touched == 0 && line.State.Timestamp == endMs && IsStale(ref line);
    }

    /// <summary>Does what <see cref="Evict"/> did, at its place in the log.</summary>
    public void ReplayEviction(HashSet<int> slots) => Remove(slots);

    private bool IsStale(ref SeriesLine line)
    {
        if (line.Ref == 0 || line.Chunk == 0 || OutOfOrder.Has(line.Ref)) return false;
        if (line.State.ValueBits == HistogramBits) return _histograms.TryGetValue(line.Ref, out var series) && series.Last.IsStale;
        return StaleMarker.Is(BitConverter.UInt64BitsToDouble(line.State.ValueBits));
    }

    private List<ulong> Remove(HashSet<int> slots)
    {
        var gone = new List<ulong>(slots.Count);
        lock (_applyLock)
        {
            foreach (int slot in slots)
            {
                ref var line = ref Series.Lines.At(slot);
                gone.Add(line.Ref);
                Forget(line.Ref);
                _metadata.TryRemove(line.Ref, out _);
                if (line.Chunk != 0) DropAll(ref line);
            }
            Interlocked.Increment(ref _removals);
            foreach (int slot in Series.RemoveWhere(slots.Contains)) _epochs.Retire(slot);
            _epochs.Advance(_arena, _releaseSlot);
        }
        Counters.SeriesRemoved.Add(gone.Count);
        return gone;
    }
}
