using Streamline.Storage.Head;
using Streamline.Storage.HeadChunks;

namespace Streamline.Storage.OutOfOrder;

/// <summary>
/// The samples that came too late for their series' chunks but within the window, beside the head and not in it: a series that never had one costs nothing
/// here. Written under the commit and the apply lock, read under either; what readers captured stays as it is.
/// </summary>
internal sealed class OutOfOrderHead
{
    private readonly Dictionary<ulong, OutOfOrderSeries> _series = [];
    private SlotSet _slots = new(0);
    private readonly HashSet<ulong> _waiting = [];
    private long _minTime = long.MaxValue, _maxTime = long.MinValue, _finishedBytes;
    private int _count;

    /// <summary>Series that have out-of-order samples. Any thread.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Oldest sample, <see cref="long.MaxValue"/> without any.</summary>
    public long MinTime => Interlocked.Read(ref _minTime);

    /// <summary>Newest sample, <see cref="long.MinValue"/> without any.</summary>
    public long MaxTime => Interlocked.Read(ref _maxTime);

    /// <summary>Bytes of the full chunks, which only a compaction gives back.</summary>
    public long FinishedBytes => Interlocked.Read(ref _finishedBytes);

    /// <summary>Bytes of packed chunks that may go to a file. Of the committer.</summary>
    public long WaitingBytes { get; private set; }

    public bool Overlaps(TimeRange range) => Count > 0 && range.Overlaps(new TimeRange(MinTime, MaxTime));

    public bool Has(ulong reference) => _series.ContainsKey(reference);

    /// <summary>Whether the sample's time is in the chunk being filled: such a sample is taken and changes nothing, whatever its value (tsdb/ooo_head.go).</summary>
    public bool Holds(ulong reference, long timestampMs) => _series.TryGetValue(reference, out var series) && series.Holds(timestampMs);

    /// <summary>The times of a series' samples, or null when it has none.</summary>
    public TimeRange? RangeOf(ulong reference) => _series.TryGetValue(reference, out var series) ? series.Range : null;

    /// <summary>Adds a sample; false when one of its time is in the chunk being filled.</summary>
    public bool TryInsert(ulong reference, int slot, in OutOfOrderSample sample)
    {
        if (!_series.TryGetValue(reference, out var series))
        {
            _series[reference] = series = new OutOfOrderSeries(slot);
            _slots.Add(slot);
            Volatile.Write(ref _count, _series.Count);
        }
        if (!series.TryInsert(sample, out long finished)) return false;
        if (finished > 0) Finished(reference, series.Parts[^1], finished);
        if (sample.TimestampMs < _minTime) Interlocked.Exchange(ref _minTime, sample.TimestampMs);
        if (sample.TimestampMs > _maxTime) Interlocked.Exchange(ref _maxTime, sample.TimestampMs);
        return true;
    }

    private void Finished(ulong reference, in OutOfOrderPart part, long bytes)
    {
        Interlocked.Add(ref _finishedBytes, bytes);
        if (!part.IsPacked) return;
        WaitingBytes += part.Data.Length;
        _waiting.Add(reference);
    }

    /// <summary>Series that have packed chunks in memory.</summary>
    public IEnumerable<(ulong Ref, OutOfOrderSeries Series)> Waiting()
    {
        foreach (ulong reference in _waiting)
        {
            if (_series.TryGetValue(reference, out var series)) yield return (reference, series);
        }
    }

    /// <summary>Those that could go have gone, with so many bytes; what is left of them stays where it is.</summary>
    public void EndMapping(long bytes)
    {
        Interlocked.Add(ref _finishedBytes, -bytes);
        _waiting.Clear();
        WaitingBytes = 0;
    }

    /// <summary>Counts anew what chunks of files have taken the place of.</summary>
    public void EndReplay() => Recount();

    /// <summary>Puts a chunk of a file in the place of the same one in memory; false when there is none. At start.</summary>
    public bool TryMap(ulong reference, in OutOfOrderPart mapped, HeadChunkWindows windows) => _series.TryGetValue(reference, out var series) && series.TryMap(mapped, windows);

    /// <summary>What the series of some slots have now. The table must not be empty.</summary>
    public List<OutOfOrderCapture> Capture(ReadOnlySpan<int> slots, SeriesTable table, ulong lastRef)
    {
        var captured = new List<OutOfOrderCapture>();
        foreach (int slot in slots)
        {
            if (!_slots.Contains(slot)) continue;
            ulong reference = table.Lines.At(slot).Ref;
            if (reference == 0 || reference > lastRef || !_series.TryGetValue(reference, out var series)) continue;
            if (table.LabelsAt(slot) is { } labels) captured.Add(series.Capture(labels, reference));
        }
        return captured;
    }

    /// <summary>Draws a line under what is here: all of it, for a compaction.</summary>
    public List<OutOfOrderCapture> Freeze(SeriesTable table)
    {
        foreach (var series in _series.Values) series.Freeze();
        return Capture(table);
    }

    /// <summary>What all series have now.</summary>
    public List<OutOfOrderCapture> Capture(SeriesTable table)
    {
        var captured = new List<OutOfOrderCapture>(_series.Count);
        foreach (var (reference, series) in _series)
        {
            if (table.LabelsAt(series.Slot) is { } labels) captured.Add(series.Capture(labels, reference));
        }
        return captured;
    }

    /// <summary>Forgets what <see cref="Freeze"/> gave: blocks have it. Tells of each chunk in a file that is needed no more.</summary>
    public void Drop(List<OutOfOrderCapture> frozen, Action<ulong> unpin)
    {
        foreach (var capture in frozen)
        {
            var series = _series[capture.Ref];
            // As they are now: they may have gone to a file since they were captured.
            foreach (ref readonly var part in series.Parts[..capture.FinishedCount])
            {
                if (part.IsMapped) unpin(part.Chunk);
            }
            series.Drop(capture.FinishedCount);
            if (series.IsEmpty) _series.Remove(capture.Ref);
        }
        Recount();
    }

    private void Recount()
    {
        long min = long.MaxValue, max = long.MinValue, finished = 0;
        _slots = new SlotSet(0);
        _waiting.Clear();
        WaitingBytes = 0;
        foreach (var (reference, series) in _series)
        {
            _slots.Add(series.Slot);
            var range = series.Range;
            (min, max) = (Math.Min(min, range.MinMs), Math.Max(max, range.MaxMs));
            foreach (ref readonly var part in series.Parts)
            {
                finished += part.Bytes;
                if (!part.IsPacked) continue;
                WaitingBytes += part.Data.Length;
                _waiting.Add(reference);
            }
        }
        Interlocked.Exchange(ref _minTime, min);
        Interlocked.Exchange(ref _maxTime, max);
        Interlocked.Exchange(ref _finishedBytes, finished);
        Volatile.Write(ref _count, _series.Count);
    }
}
