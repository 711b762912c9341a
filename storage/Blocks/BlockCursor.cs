using Streamline.Storage.Encoding;
using Streamline.Storage.Histograms;

namespace Streamline.Storage.Blocks;

/// <summary>Decodes the chunks of one series of a block straight into the caller's columns. Hot path: no allocation once its window has grown.</summary>
internal sealed class BlockCursor(BlockSeriesSet set) : SampleCursor
{
    // Lines that the first level of the cache holds easily.
    private const int MostPrefetched = 16;

    private readonly ChunkWindow _window = new(set.Segments);
    private XorReader _reader;
    private List<TimeRange>? _deleted;
    // Made for the first chunk of histograms, and of floats with start times.
    private HistogramRun? _run;
    private Xor2Reader? _xor2;
    private long[] _starts = [];
    private int _startCount;
    private int _next, _end;
    // Samples already taken from the next chunk, which is among the decoded ones.
    private int _taken;
    // Samples of the open chunk.
    private int _opened;
    private bool _open, _isHistogram, _isXor2;

    public bool IsOf(BlockSeriesSet other) => ReferenceEquals(set, other);

    /// <summary>Turns to a series: its chunks and deleted ranges.</summary>
    public void Start(int firstChunk, int endChunk, List<TimeRange>? deleted)
    {
        (_next, _end, _deleted, _open, _taken) = (firstChunk, endChunk, deleted, false, 0);
        if (set.Decoded is not { } decoded) return;
        for (int chunk = firstChunk; chunk < Math.Min(endChunk, firstChunk + MostPrefetched); chunk++) decoded.PrefetchSlot(set.KeyAt(chunk));
    }

    public override int Next(Span<long> timestamps, Span<double> values)
    {
        _startCount = 0;
        while (_open || _next < _end)
        {
            if (!_open)
            {
                if (TryDecoded(timestamps, values, out int given))
                {
                    if (given > 0) return given;
                    continue;
                }
                OpenNext();
            }
            if (_isHistogram)
            {
                if (FillHistograms()) return 0;
                continue;
            }
            if (_isXor2)
            {
                if (NextXor2(timestamps, values) is > 0 and var taken) return taken;
                continue;
            }
            int kept = Keep(timestamps, values, Decode(timestamps, values));
            if (kept > 0) return kept;
        }
        return 0;
    }

    public override bool AtHistogram => _open && _isHistogram && _run!.Ready > 0;

    public override int NextHistograms(Span<long> timestamps, Span<NativeHistogram> histograms)
    {
        int filled = 0;
        _startCount = 0;
        while (filled < timestamps.Length && (_open || OpenNext()) && _isHistogram)
        {
            if (!FillHistograms()) continue;
            if (_run!.HasStarts) ReserveStarts(filled, timestamps.Length);
            filled += _run.Take(timestamps[filled..], histograms[filled..], _startCount > 0 ? _starts.AsSpan(filled) : default);
        }
        _startCount = Math.Min(_startCount, filled);
        return filled;
    }

    public override ReadOnlySpan<long> StartTimestamps => _starts.AsSpan(0, _startCount);

    // What was given before the first known one has none.
    private void ReserveStarts(int filled, int most)
    {
        if (_starts.Length < most) Array.Resize(ref _starts, most);
        if (_startCount == 0) _starts.AsSpan(0, filled).Clear();
        _startCount = most;
    }

    /// <summary>The next chunk, or what is left of it, out of those decoded earlier; false when it must be read.</summary>
    private bool TryDecoded(Span<long> timestamps, Span<double> values, out int given)
    {
        given = 0;
        if (set.Decoded is not { } decoded) return false;
        if (_next + 1 < _end) decoded.PrefetchBlock(set.KeyAt(_next + 1));
        int copied = decoded.TryCopy(set.KeyAt(_next), _taken, timestamps, values, out bool isEnd);
        if (copied == 0) return false;
        if (isEnd) (_next, _taken) = (_next + 1, 0);
        else _taken += copied;
        given = Keep(timestamps, values, copied);
        return true;
    }

    private int Decode(Span<long> timestamps, Span<double> values)
    {
        // What was taken before the chunk was given up.
        while (_taken > 0)
        {
            int again = DecodeSome(timestamps[..Math.Min(_taken, timestamps.Length)], values);
            if (again == 0) throw Undecodable();
            _taken -= again;
        }
        int chunk = _reader.Remaining, read = DecodeSome(timestamps, values);
        if (_reader.Remaining > 0) return read;
        _open = false;
        if (read == chunk && read == _opened) set.Decoded?.Add(set.KeyAt(_next - 1), timestamps[..read], values[..read]);
        return read;
    }

    private int DecodeSome(Span<long> timestamps, Span<double> values)
    {
        int read = _reader.Next(_window.Data(), timestamps, values);
        return read >= 0 ? read : throw Undecodable();
    }

    private StorageCorruptionException Undecodable() => new(_window.File, _window.Offset, "a chunk's samples cannot be decoded");

    private int Keep(Span<long> timestamps, Span<double> values, int read)
    {
        int kept = Trim(timestamps[..read], values);
        return _deleted is null ? kept : Undelete(timestamps[..kept], values);
    }

    /// <summary>One run of a chunk of encoding 4; 0 when nothing of it is wanted or it has ended.</summary>
    private int NextXor2(Span<long> timestamps, Span<double> values)
    {
        ReserveStarts(0, timestamps.Length);
        int read = _xor2!.Next(_window.Data(), timestamps, values, _starts);
        if (read < 0) throw Undecodable();
        if (_xor2.Remaining == 0) _open = false;
        int kept = 0;
        for (int i = 0; i < read; i++)
        {
            if (timestamps[i] > set.Range.MaxMs)
            {
                (_open, _next) = (false, _end);
                break;
            }
            if (timestamps[i] < set.Range.MinMs || (_deleted is not null && IsDeleted(timestamps[i]))) continue;
            (timestamps[kept], values[kept], _starts[kept]) = (timestamps[i], values[i], _starts[i]);
            kept++;
        }
        _startCount = _xor2.HasStarts ? kept : 0;
        return kept;
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
        var data = _window.Data();
        _isHistogram = HistogramChunk.IsEncoding(encoding);
        _isXor2 = encoding == Xor2Reader.EncodingId;
        if (_isHistogram) (_run ??= new HistogramRun()).Open(data, encoding, HistogramChunk.CountOf(data, encoding));
        else if (_isXor2) (_xor2 ??= new Xor2Reader()).Open(data);
        else if (encoding == XorChunk.EncodingId) (_reader, _opened) = (XorReader.Open(data), XorChunk.CountOf(data));
        else throw new StorageCorruptionException(_window.File, _window.Offset, $"a chunk of encoding {encoding}, which nobody writes");
        return _open = true;
    }

    /// <summary>Makes histograms of the open chunk ready; false when it has no more, and then it is closed.</summary>
    private bool FillHistograms()
    {
        if (_run!.Fill(_window.Data(), set.Range, _deleted, out int read)) return true;
        if (read < 0) throw new StorageCorruptionException(_window.File, _window.Offset, "a chunk's histograms cannot be decoded");
        _open = false;
        if (_run.IsPastRange) _next = _end;
        return false;
    }

    /// <summary>Keeps what lies in the range, moved to the front; ends the walk behind it.</summary>
    private int Trim(Span<long> timestamps, Span<double> values)
    {
        var range = set.Range;
        if (timestamps.IsEmpty || (timestamps[0] >= range.MinMs && timestamps[^1] <= range.MaxMs)) return timestamps.Length;
        int first = 0, end = timestamps.Length;
        while (first < end && timestamps[first] < range.MinMs) first++;
        while (end > first && timestamps[end - 1] > range.MaxMs) end--;
        if (end < timestamps.Length) (_open, _next, _taken) = (false, _end, 0);
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
