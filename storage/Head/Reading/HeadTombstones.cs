using System.Collections.Concurrent;
using Streamline.Storage.Blocks;

namespace Streamline.Storage.Head;

/// <summary>Deleted ranges of head series by WAL reference. A series' array is replaced as a whole, so a reader never sees one half changed.</summary>
internal sealed class HeadTombstones
{
    private readonly ConcurrentDictionary<ulong, TimeRange[]> _ranges = [];

    public bool IsEmpty => _ranges.IsEmpty;

    /// <summary>Adds a range, joined with those that it touches; under the commit lock or before anybody else knows the head.</summary>
    public void Add(ulong reference, TimeRange range)
    {
        List<TimeRange> ranges = _ranges.TryGetValue(reference, out var old) ? [.. old] : [];
        Tombstones.Join(ranges, range);
        _ranges[reference] = [.. ranges];
    }

    public IReadOnlyList<TimeRange>? Of(ulong reference) => _ranges.TryGetValue(reference, out var ranges) ? ranges : null;

    /// <summary>Forgets what ends before a time, because blocks have taken it over, but for the series still to be kept. Under the commit lock.</summary>
    public void TruncateBefore(long minTimeMs, Predicate<ulong> keeps)
    {
        foreach (var (reference, ranges) in _ranges)
        {
            if (ranges[0].MaxMs >= minTimeMs || keeps(reference)) continue;
            TimeRange[] left = Array.FindAll(ranges, r => r.MaxMs >= minTimeMs);
            if (left.Length == 0) _ranges.TryRemove(reference, out _);
            else _ranges[reference] = left;
        }
    }

    /// <summary>Puts all into the frame.</summary>
    public void WriteSnapshot(Snapshot.SnapshotWriter writer)
    {
        writer.Put(_ranges.Count);
        foreach (var (reference, ranges) in _ranges)
        {
            writer.Put(reference);
            writer.Put(ranges.Length);
            foreach (var range in ranges)
            {
                writer.Put(range.MinMs);
                writer.Put(range.MaxMs);
            }
        }
    }

    public void LoadSnapshot(ref Snapshot.FrameReader reader)
    {
        for (int left = reader.Count(12); left > 0; left--)
        {
            ulong reference = reader.UInt64();
            for (int ranges = reader.Count(16); ranges > 0; ranges--)
            {
                long min = reader.Int64();
                Add(reference, new TimeRange(min, reader.Int64()));
            }
        }
    }
}
