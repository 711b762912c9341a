using System.Collections.Concurrent;
using Streamline.Storage.Memory;
using Streamline.Storage.OutOfOrder;
using Streamline.Storage.Wal;

namespace Streamline.Storage.Head;

/// <summary>
/// The newest samples, in memory and in the write-ahead log. Lock order: commit, apply, stripe, label index. The commit lock serialises batches and their
/// WAL write; the apply lock covers only what readers capture, so that a reader never waits for the disk.
/// </summary>
internal sealed partial class HeadStore
{
    private readonly Lock _commitLock = new();
    private readonly Lock _applyLock = new();
    private readonly SlabArena _arena = new();
    private readonly ReaderEpochs _epochs = new();
    private readonly Action<int> _releaseSlot;
    // New series whose record is not in the WAL yet, in order of creation.
    private readonly ConcurrentQueue<SeriesHandle> _created = new();
    private readonly long _rangeMs;

    // Written under the apply lock, read anywhere.
    private long _minTime = long.MaxValue, _maxTime = long.MinValue, _minValidTime = long.MinValue, _chunks;

    public HeadStore(long rangeMs)
    {
        _rangeMs = rangeMs;
        _releaseSlot = Series.Release;
    }

    public SeriesTable Series { get; } = new();

    public HeadCounters Counters { get; } = new();

    /// <summary>Deletions, kept until the samples have left the head.</summary>
    public HeadTombstones Tombstones { get; } = new();

    /// <summary>The log that commits go to; null while replaying and in a read-only head. Set under the commit lock.</summary>
    public WalWriter? Wal { get; set; }

    /// <summary>Oldest sample, <see cref="long.MaxValue"/> when empty.</summary>
    public long MinTime => Interlocked.Read(ref _minTime);

    /// <summary>Newest sample, <see cref="long.MinValue"/> when empty.</summary>
    public long MaxTime => Interlocked.Read(ref _maxTime);

    /// <summary>Samples before this time belong to blocks.</summary>
    public long MinValidTime => Interlocked.Read(ref _minValidTime);

    public long ChunkCount => Interlocked.Read(ref _chunks);

    public long ChunkBytes => _arena.UsedBytes;

    public long NativeBytes => _arena.ReservedBytes + (long)Series.Lines.Capacity * SeriesLine.Bytes;

    public int Readers => _epochs.Readers;

    /// <summary>Number of the commit in progress.</summary>
    public long CommitId => _epochs.Current;

    /// <summary>The oldest commit that a reader may still look at.</summary>
    public long OldestReader => _epochs.Oldest;

    public bool IsEmpty => MaxTime == long.MinValue;

    /// <summary>Whether the head may have samples in a range.</summary>
    public bool Overlaps(TimeRange range) => (!IsEmpty && range.Overlaps(new TimeRange(MinTime, MaxTime))) || OutOfOrder.Overlaps(range);

    /// <summary>Finds or creates a series and tells the watchers of a new one.</summary>
    public SeriesHandle Resolve(Labels labels)
    {
        if (Series.TryFind(labels, out var handle) && MarkLive(handle)) return handle;
        handle = Series.GetOrAdd(labels, 0, out bool created, out var watchers);
        if (!created) return handle;
        Counters.SeriesCreated.Add(1);
        _created.Enqueue(handle);
        foreach (var watcher in watchers) watcher(handle, labels);
        return handle;
    }

    /// <summary>Whether the handle's series lives; marks it so that the next truncation spares it.</summary>
    public bool MarkLive(SeriesHandle handle)
    {
        if (!Series.Lines.IsLive(handle)) return false;
        Series.Lines.At(handle.Slot).Touched = 1;
        return Series.Lines.IsLive(handle);
    }

    /// <summary>Raises the time before which nothing is accepted, because blocks hold it.</summary>
    public void RaiseMinValidTime(long timestampMs)
    {
        lock (_commitLock)
        {
            lock (_applyLock) _minValidTime = Math.Max(_minValidTime, timestampMs);
        }
    }

    /// <summary>What a reader sees now: the samples of all finished commits and of no other.</summary>
    public HeadSeriesSet Select(IReadOnlyList<LabelMatcher> matchers, TimeRange range) => Select(() => HeadSelection.Slots(Series, matchers), range, withLate: false, out _);

    /// <summary>The same with the samples that came out of order, of the same moment; null when there are none.</summary>
    public HeadSeriesSet Select(IReadOnlyList<LabelMatcher> matchers, TimeRange range, out SeriesSet? outOfOrder) =>
        Select(() => HeadSelection.Slots(Series, matchers), range, withLate: true, out outOfOrder);

    /// <summary>The same of some series, those that are still here.</summary>
    public HeadSeriesSet SelectSeries(List<SeriesHandle> series, TimeRange range) =>
        Select(() => [.. series.Where(Series.Lines.IsLive).Select(s => s.Slot)], range, withLate: false, out _);

    private HeadSeriesSet Select(Func<int[]> choose, TimeRange range, bool withLate, out SeriesSet? outOfOrder)
    {
        outOfOrder = null;
        long epoch = _epochs.Enter();
        try
        {
            ulong lastRef = Series.LastRef;
            int[] slots = choose();
            var captured = new HeadCapture[slots.Length];
            int count = 0;
            long minTime;
            List<OutOfOrderCapture>? late = null;
            lock (_applyLock)
            {
                if (withLate && OutOfOrder.Count > 0) late = OutOfOrder.Capture(slots, Series, lastRef);
                minTime = _minTime;
                foreach (int slot in slots)
                {
                    if (TryCapture(slot, lastRef, range, out captured[count])) count++;
                }
            }
            var wanted = range;
            range = range with { MinMs = Math.Max(range.MinMs, minTime) };
            count = HeadSeriesSet.KeepOverlapping(captured.AsSpan(0, count), range);
            count = KeepUndeleted(captured.AsSpan(0, count), range);
            captured = Series.Order.Sort(captured.AsSpan(0, count), Series.SlotCount, CaptureLabels);
            if (late is not null) outOfOrder = OutOfOrderSet(late, wanted);
            return new HeadSeriesSet(captured, range, Tombstones.IsEmpty ? null : Tombstones, _chunkFiles, () => _epochs.Leave(epoch));
        }
        catch
        {
            _epochs.Leave(epoch);
            throw;
        }
    }

    /// <summary>References of all series in the head.</summary>
    public HashSet<ulong> LiveRefs()
    {
        var live = new HashSet<ulong>();
        for (int slot = 0; slot < Series.SlotCount; slot++)
        {
            ulong reference = Volatile.Read(ref Series.Lines.At(slot).Ref);
            if (reference != 0) live.Add(reference);
        }
        return live;
    }

    /// <summary>Slots and labels of all series; the caller is a registered reader.</summary>
    private HeadCapture[] CaptureLabels()
    {
        ulong lastRef = Series.LastRef;
        var all = new List<HeadCapture>(Series.SlotCount);
        for (int slot = 0; slot < Series.SlotCount; slot++)
        {
            ulong reference = Volatile.Read(ref Series.Lines.At(slot).Ref);
            if (reference != 0 && reference <= lastRef && Series.LabelsAt(slot) is { } labels) all.Add(new HeadCapture(labels, slot, reference, 0, 0, 0));
        }
        return [.. all];
    }

    private bool TryCapture(int slot, ulong lastRef, TimeRange range, out HeadCapture capture)
    {
        capture = default;
        ref var line = ref Series.Lines.At(slot);
        if (line.Ref == 0 || line.Ref > lastRef || line.Chunk == 0 || line.State.Timestamp < range.MinMs) return false;
        if (Series.LabelsAt(slot) is not { } labels) return false;
        capture = new HeadCapture(labels, slot, line.Ref, line.Chunk, line.State.Count, line.State.ByteLength);
        return true;
    }
}
