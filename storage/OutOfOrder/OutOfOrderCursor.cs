using System.Buffers;
using System.Runtime.InteropServices;
using Streamline.Storage.HeadChunks;

namespace Streamline.Storage.OutOfOrder;

/// <summary>
/// Reads a series' out-of-order samples in time order. Parts that overlap are unpacked together and sorted, one such group after the other: memory follows the
/// largest group. Of samples of one time the one written last counts.
/// </summary>
internal sealed class OutOfOrderCursor(HeadChunkFiles? files) : SampleCursor
{
    private HeadChunkWindows? _windows;
    private readonly List<(OutOfOrderPart Part, int Written)> _parts = [];
    private TimeRange _range;
    private IReadOnlyList<TimeRange>? _deleted;
    // The samples of a group that are not given out yet, and the room to sort them.
    private long[] _times = [], _keys = [];
    private double[] _values = [], _unsorted = [];
    private int[] _order = [];
    // Null for floats; in use only while the group has a histogram, else the group's samples are all floats.
    private NativeHistogram?[] _histograms = [], _unsortedHistograms = [];
    private bool _mixed;
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
            int run = RunOf(histograms: false, timestamps.Length - filled);
            if (run == 0) break;
            _times.AsSpan(_at, run).CopyTo(timestamps[filled..]);
            _values.AsSpan(_at, run).CopyTo(values[filled..]);
            _at += run;
            filled += run;
        }
        return filled;
    }

    public override bool AtHistogram => _mixed && _at < _end && _histograms[_at] is not null;

    public override int NextHistograms(Span<long> timestamps, Span<NativeHistogram> histograms)
    {
        int filled = 0;
        while (filled < timestamps.Length && (_at < _end || LoadGroup()))
        {
            int run = RunOf(histograms: true, timestamps.Length - filled);
            if (run == 0) break;
            _times.AsSpan(_at, run).CopyTo(timestamps[filled..]);
            for (int i = 0; i < run; i++) histograms[filled + i] = Unhinted(_histograms[_at + i]!);
            _at += run;
            filled += run;
        }
        return filled;
    }

    // What stood before it when it was sent does not stand before it here.
    private static NativeHistogram Unhinted(NativeHistogram histogram) =>
        histogram.ResetHint == CounterResetHint.Gauge ? histogram : histogram.WithHint(CounterResetHint.Unknown);

    /// <summary>How many samples of one kind come next.</summary>
    private int RunOf(bool histograms, int most)
    {
        int available = Math.Min(most, _end - _at);
        if (!_mixed) return histograms ? 0 : available;
        int run = 0;
        while (run < available && _histograms[_at + run] is not null == histograms) run++;
        return run;
    }

    public override void Dispose()
    {
        foreach (long[] times in (long[][])[_times, _keys]) Return(times);
        foreach (double[] values in (double[][])[_values, _unsorted]) Return(values);
        Return(_order);
        (_times, _keys, _values, _unsorted, _order) = ([], [], [], [], []);
        (_histograms, _unsortedHistograms) = ([], []);
        _parts.Clear();
        _windows?.Dispose();
        _windows = null;
        _nextPart = _at = _end = 0;
        base.Dispose();
    }

    private HeadChunkWindows? Windows => files is null ? null : _windows ??= new HeadChunkWindows(files);

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
            _mixed = HasHistograms(group);
            _end = Trim(group.Length == 1 ? LoadOne(group[0].Part) : LoadSorted(group));
            if (_end > 0) return true;
        }
        return false;
    }

    private int LoadOne(in OutOfOrderPart part)
    {
        Reserve(ref _times, part.Count);
        Reserve(ref _values, part.Count);
        part.Decode(_times, _values, Windows);
        if (_mixed) CopyHistograms(part, 0, part.Count, ref _histograms);
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
            entry.Part.Decode(_keys.AsSpan(filled), _unsorted.AsSpan(filled), Windows);
            if (_mixed) CopyHistograms(entry.Part, filled, count, ref _unsortedHistograms);
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
        if (_mixed && _histograms.Length < count) _histograms = new NativeHistogram?[count];
        for (int i = 0; i < count;)
        {
            long time = _keys[i];
            int newest = _order[i];
            for (i++; i < count && _keys[i] == time; i++) newest = Math.Max(newest, _order[i]);
            _times[kept] = time;
            if (_mixed) _histograms[kept] = _unsortedHistograms[newest];
            _values[kept++] = _unsorted[newest];
        }
        return kept;
    }

    private static bool HasHistograms(ReadOnlySpan<(OutOfOrderPart Part, int Written)> group)
    {
        foreach (ref readonly var entry in group)
        {
            if (entry.Part.HasHistograms) return true;
        }
        return false;
    }

    // Not pooled: histograms are rare, and a pool would keep them alive.
    private static void CopyHistograms(in OutOfOrderPart part, int at, int count, ref NativeHistogram?[] target)
    {
        if (target.Length < count) Array.Resize(ref target, count);
        if (part.HasHistograms) part.Raw!.Histograms.CopyTo(target.AsSpan(at));
        else target.AsSpan(at, part.Count).Clear();
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
            if (_mixed) _histograms[kept] = _histograms[i];
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
