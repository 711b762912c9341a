using System.Buffers;
using System.Runtime.InteropServices;

namespace Streamline.Storage.OutOfOrder;

/// <summary>
/// Reads a series' out-of-order samples in time order. Parts that overlap are unpacked together and sorted, one such group after the other: memory follows the
/// largest group. Of samples of one time the one written last counts.
/// </summary>
internal sealed class OutOfOrderCursor : SampleCursor
{
    private readonly List<(OutOfOrderPart Part, int Written)> _parts = [];
    private TimeRange _range;
    private IReadOnlyList<TimeRange>? _deleted;
    // The samples of a group that are not given out yet, and the room to sort them.
    private long[] _times = [], _keys = [];
    private double[] _values = [], _unsorted = [];
    private int[] _order = [];
    private int _nextPart, _at, _end;

    public void Start(in OutOfOrderCapture series, TimeRange range, IReadOnlyList<TimeRange>? deleted)
    {
        (_range, _deleted, _nextPart, _at, _end) = (range, deleted, 0, 0, 0);
        _parts.Clear();
        series.AddParts(range, _parts);
        _parts.Sort(static (a, b) => (a.Part.MinTime, a.Written).CompareTo((b.Part.MinTime, b.Written)));
    }

    public override int Next(Span<long> timestamps, Span<double> values)
    {
        int filled = 0;
        while (filled < timestamps.Length && (_at < _end || LoadGroup()))
        {
            int run = Math.Min(timestamps.Length - filled, _end - _at);
            _times.AsSpan(_at, run).CopyTo(timestamps[filled..]);
            _values.AsSpan(_at, run).CopyTo(values[filled..]);
            _at += run;
            filled += run;
        }
        return filled;
    }

    public override void Dispose()
    {
        foreach (long[] times in (long[][])[_times, _keys]) Return(times);
        foreach (double[] values in (double[][])[_values, _unsorted]) Return(values);
        Return(_order);
        (_times, _keys, _values, _unsorted, _order) = ([], [], [], [], []);
        _parts.Clear();
        _nextPart = _at = _end = 0;
        base.Dispose();
    }

    /// <summary>Unpacks the next group that has a sample to give.</summary>
    private bool LoadGroup()
    {
        while (_nextPart < _parts.Count)
        {
            int first = _nextPart;
            long end = _parts[first].Part.MaxTime;
            for (_nextPart++; _nextPart < _parts.Count && _parts[_nextPart].Part.MinTime <= end; _nextPart++) end = Math.Max(end, _parts[_nextPart].Part.MaxTime);
            var group = CollectionsMarshal.AsSpan(_parts)[first.._nextPart];
            _at = 0;
            _end = Trim(group.Length == 1 ? LoadOne(group[0].Part) : LoadSorted(group));
            if (_end > 0) return true;
        }
        return false;
    }

    private int LoadOne(in OutOfOrderPart part)
    {
        Reserve(ref _times, part.Count);
        Reserve(ref _values, part.Count);
        part.Decode(_times, _values);
        return part.Count;
    }

    private int LoadSorted(Span<(OutOfOrderPart Part, int Written)> group)
    {
        int count = 0;
        foreach (ref readonly var entry in group) count += entry.Part.Count;
        Reserve(ref _times, count);
        Reserve(ref _values, count);
        Reserve(ref _keys, count);
        Reserve(ref _unsorted, count);
        Reserve(ref _order, count);
        // In the order of writing, so that a sample's place tells which of two is the newer one.
        group.Sort(static (a, b) => a.Written.CompareTo(b.Written));
        int filled = 0;
        foreach (ref readonly var entry in group)
        {
            entry.Part.Decode(_keys.AsSpan(filled), _unsorted.AsSpan(filled));
            filled += entry.Part.Count;
        }
        for (int i = 0; i < count; i++) _order[i] = i;
        _keys.AsSpan(0, count).Sort(_order.AsSpan(0, count));
        return Gather(count);
    }

    /// <summary>Takes the samples in time order, of equal times the one written last.</summary>
    private int Gather(int count)
    {
        int kept = 0;
        for (int i = 0; i < count;)
        {
            long time = _keys[i];
            int newest = _order[i];
            for (i++; i < count && _keys[i] == time; i++) newest = Math.Max(newest, _order[i]);
            _times[kept] = time;
            _values[kept++] = _unsorted[newest];
        }
        return kept;
    }

    /// <summary>Drops what lies outside the range or is deleted.</summary>
    private int Trim(int count)
    {
        int kept = 0;
        for (int i = 0; i < count; i++)
        {
            long time = _times[i];
            if (time < _range.MinMs || time > _range.MaxMs || IsDeleted(time)) continue;
            _times[kept] = time;
            _values[kept++] = _values[i];
        }
        return kept;
    }

    private bool IsDeleted(long time)
    {
        if (_deleted is null) return false;
        foreach (var range in _deleted)
        {
            if (time >= range.MinMs && time <= range.MaxMs) return true;
        }
        return false;
    }

    private static void Reserve<T>(ref T[] column, int count)
    {
        if (column.Length >= count) return;
        Return(column);
        column = ArrayPool<T>.Shared.Rent(count);
    }

    private static void Return<T>(T[] column)
    {
        if (column.Length > 0) ArrayPool<T>.Shared.Return(column);
    }
}
