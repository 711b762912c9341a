using Streamline.Storage.Encoding;

namespace Streamline.Storage.Blocks;

/// <summary>Decodes the chunks of one series of a block straight into the caller's columns. Hot path: no allocation once its window has grown.</summary>
internal sealed class BlockCursor(BlockSeriesSet set) : SampleCursor
{
    private readonly ChunkWindow _window = new(set.Segments);
    private XorReader _reader;
    private List<TimeRange>? _deleted;
    private int _next, _end;
    private bool _open;

    public bool IsOf(BlockSeriesSet other) => ReferenceEquals(set, other);

    /// <summary>Turns to a series: its chunks and deleted ranges.</summary>
    public void Start(int firstChunk, int endChunk, List<TimeRange>? deleted)
    {
        (_next, _end, _deleted, _open) = (firstChunk, endChunk, deleted, false);
    }

    public override int Next(Span<long> timestamps, Span<double> values)
    {
        while (_open || OpenNext())
        {
            int read = _reader.Next(_window.Data(), timestamps, values);
            if (read < 0) throw new StorageCorruptionException(_window.File, _window.Offset, "a chunk's samples cannot be decoded");
            if (_reader.Remaining == 0) _open = false;
            int kept = Trim(timestamps[..read], values);
            if (_deleted is not null) kept = Undelete(timestamps[..kept], values);
            if (kept > 0) return kept;
        }
        return 0;
    }

    public override void Dispose()
    {
        _window.Dispose();
        _open = false;
        _next = _end;
        base.Dispose();
    }

    private bool OpenNext()
    {
        if (_next == _end) return false;
        byte encoding = _window.Open(set.ChunkAt(_next++).Ref);
        if (encoding != XorChunk.EncodingId) throw new NotSupportedException($"{_window.File}: chunk encoding {encoding} (native histograms, XOR2) is not readable yet");
        _reader = XorReader.Open(_window.Data());
        return _open = true;
    }

    /// <summary>Keeps what lies in the range, moved to the front; ends the walk behind it.</summary>
    private int Trim(Span<long> timestamps, Span<double> values)
    {
        var range = set.Range;
        if (timestamps.IsEmpty || (timestamps[0] >= range.MinMs && timestamps[^1] <= range.MaxMs)) return timestamps.Length;
        int first = 0, end = timestamps.Length;
        while (first < end && timestamps[first] < range.MinMs) first++;
        while (end > first && timestamps[end - 1] > range.MaxMs) end--;
        if (end < timestamps.Length) (_open, _next) = (false, _end);
        timestamps[first..end].CopyTo(timestamps);
        values[first..end].CopyTo(values);
        return end - first;
    }

    private int Undelete(Span<long> timestamps, Span<double> values)
    {
        int kept = 0;
        for (int i = 0; i < timestamps.Length; i++)
        {
            if (IsDeleted(timestamps[i])) continue;
            timestamps[kept] = timestamps[i];
            values[kept++] = values[i];
        }
        return kept;
    }

    private bool IsDeleted(long timestamp)
    {
        foreach (var range in _deleted!)
        {
            if (timestamp >= range.MinMs && timestamp <= range.MaxMs) return true;
        }
        return false;
    }
}
