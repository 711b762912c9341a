using Streamline.Storage.Memory;
using Streamline.Storage.Wal;

namespace Streamline.Storage.Head;

/// <summary>Deletions: named in the log first, then hidden from readers; the samples themselves go with their chunks.</summary>
internal sealed partial class HeadStore
{
    /// <summary>
    /// Deletes what the matching series have in a range. What is said of a series is cut to the samples it has now: later ones are not deleted.
    /// </summary>
    /// <exception cref="IOException">The log cannot be written; nothing is deleted then.</exception>
    public void Delete(IReadOnlyList<LabelMatcher> matchers, TimeRange range)
    {
        lock (_commitLock)
        {
            var stones = new List<(ulong Ref, TimeRange Range)>();
            foreach (int slot in HeadSelection.Slots(Series, matchers))
            {
                ref var line = ref Series.Lines.At(slot);
                var held = HeldBy(ref line);
                var cut = new TimeRange(Math.Max(range.MinMs, held.MinMs), Math.Min(range.MaxMs, held.MaxMs));
                if (cut.MinMs <= cut.MaxMs) stones.Add((line.Ref, cut));
            }
            if (stones.Count == 0) return;
            LogTombstones(stones);
            foreach (var (reference, cut) in stones) Tombstones.Add(reference, cut);
        }
    }

    /// <summary>The times of a series' samples, in order and out of order; an empty range without any.</summary>
    private TimeRange HeldBy(ref SeriesLine line)
    {
        var late = line.Ref == 0 ? null : OutOfOrder.RangeOf(line.Ref);
        if (line.Ref == 0 || line.Chunk == 0) return late ?? new TimeRange(long.MaxValue, long.MinValue);
        return late is { } other ? new TimeRange(Math.Min(MinTime, other.MinMs), Math.Max(line.State.Timestamp, other.MaxMs)) : new TimeRange(MinTime, line.State.Timestamp);
    }

    private void LogTombstones(List<(ulong Ref, TimeRange Range)> stones)
    {
        if (Wal is not { } wal) throw new IOException("the database is closed or read only");
        var record = new RecordBuffer();
        record.BeginTombstones();
        foreach (var (reference, range) in stones) record.AddTombstone(reference, range.MinMs, range.MaxMs);
        wal.Begin();
        wal.Add(record.Record);
        if (!wal.TryWrite(out string error)) throw new IOException(error);
    }

    /// <summary>Strikes out the series of which nothing in the range is left; looks only at those with deletions. Returns how many remain.</summary>
    private int KeepUndeleted(Span<HeadCapture> captured, TimeRange range)
    {
        if (Tombstones.IsEmpty) return captured.Length;
        using var cursor = new HeadCursor(_chunkFiles, decoded: null);
        Span<long> time = stackalloc long[1];
        Span<double> value = stackalloc double[1];
        int kept = 0;
        foreach (ref readonly var series in captured)
        {
            if (Tombstones.Of(series.Ref) is { } deleted)
            {
                HeadSeriesSet.ChunksOf(series, range, cursor.Chunks);
                cursor.Start(range, deleted);
                if (cursor.Next(time, value) == 0 && !cursor.AtHistogram) continue;
            }
            captured[kept++] = series;
        }
        return kept;
    }
}
