using Streamline.Storage.Encoding;
using Streamline.Storage.HeadChunks;
using Streamline.Storage.Histograms;
using Streamline.Storage.Memory;

namespace Streamline.Storage.Head;

/// <summary>Decodes a head series' chunks one after the other, straight into the caller's columns. Hot path: no allocation once its list has grown.</summary>
internal sealed class HeadCursor(HeadChunkFiles? files, DecodedChunks? decoded) : SampleCursor
{
    private readonly HeadChunkBytes _bytes = new(files);
    private TimeRange _range;
    private IReadOnlyList<TimeRange>? _deleted;
    private XorReader _reader;
    // Made for the first chunk of histograms.
    private HistogramRun? _run;
    private int _next;
    // Samples already taken from the next chunk, which is among the decoded ones.
    private int _taken;
    private bool _open, _isHistogram;

    /// <summary>What to read, oldest first; filled before <see cref="Start"/>.</summary>
    public List<HeadChunk> Chunks { get; } = [];

    public void Start(TimeRange range, IReadOnlyList<TimeRange>? deleted)
    {
        (_range, _deleted, _next, _open, _taken) = (range, deleted, 0, false, 0);
    }

    public override int Next(Span<long> timestamps, Span<double> values)
    {
        int filled = 0;
        while (filled < timestamps.Length && (_open || _next < Chunks.Count))
        {
            int read = _open ? 0 : FromDecoded(timestamps[filled..], values[filled..]);
            if (read == 0)
            {
                if (!_open) OpenNext();
                if (_isHistogram)
                {
                    if (FillHistograms()) break;
                    continue;
                }
                read = Decode(timestamps[filled..], values[filled..]);
            }
            filled += Trim(timestamps.Slice(filled, read), values.Slice(filled, read));
        }
        return filled;
    }

    /// <summary>Samples of the next chunk out of those decoded earlier; 0 when it must be read.</summary>
    private int FromDecoded(Span<long> timestamps, Span<double> values)
    {
        if (decoded is null || !IsKept(Chunks[_next])) return 0;
        if (_next + 1 < Chunks.Count && IsKept(Chunks[_next + 1])) decoded.PrefetchBlock(KeyOf(Chunks[_next + 1]));
        int copied = decoded.TryCopy(KeyOf(Chunks[_next]), _taken, timestamps, values, out bool isEnd);
        if (isEnd) (_next, _taken) = (_next + 1, 0);
        else _taken += copied;
        return copied;
    }

    private int Decode(Span<long> timestamps, Span<double> values)
    {
        var chunk = Chunks[_next - 1];
        // What was taken before the chunk was given up.
        while (_taken > 0)
        {
            int again = DecodeSome(chunk, timestamps[..Math.Min(_taken, timestamps.Length)], values);
            if (again == 0) throw Undecodable(chunk);
            _taken -= again;
        }
        int left = _reader.Remaining, read = DecodeSome(chunk, timestamps, values);
        if (_reader.Remaining > 0) return read;
        _open = false;
        if (read == left && read == chunk.Count && IsKept(chunk)) decoded?.Add(KeyOf(chunk), timestamps[..read], values[..read]);
        return read;
    }

    private int DecodeSome(in HeadChunk chunk, Span<long> timestamps, Span<double> values)
    {
        int read = _reader.Next(_bytes.Of(chunk), timestamps, values);
        return read != XorReader.Corrupt ? read : throw Undecodable(chunk);
    }

    private static StorageCorruptionException Undecodable(in HeadChunk chunk) => new("head", chunk.MinTime, "chunk in memory does not decode");

    // Only what has been written out has a reference that stays.
    private static bool IsKept(in HeadChunk chunk) => chunk.Encoding == XorChunk.EncodingId && ChunkBlock.Header(chunk.Block).IsMapped;

    private static ChunkKey KeyOf(in HeadChunk chunk) => new(ChunkKey.Head, ChunkBlock.Mapped(chunk.Block).Ref);

    public override void Dispose()
    {
        _bytes.Dispose();
        base.Dispose();
    }

    public override bool AtHistogram => _open && _isHistogram && _run!.Ready > 0;

    public override int NextHistograms(Span<long> timestamps, Span<NativeHistogram> histograms)
    {
        int filled = 0;
        while (filled < timestamps.Length && (_open || OpenNext()) && _isHistogram)
        {
            if (FillHistograms()) filled += _run!.Take(timestamps[filled..], histograms[filled..]);
        }
        return filled;
    }

    /// <summary>Makes histograms of the open chunk ready; false when it has no more, and then it is closed.</summary>
    private bool FillHistograms()
    {
        var chunk = Chunks[_next - 1];
        if (_run!.Fill(_bytes.Of(chunk), _range, _deleted, out int read)) return true;
        if (read < 0) throw new StorageCorruptionException("head", chunk.MinTime, "chunk in memory does not decode");
        _open = false;
        if (_run.IsPastRange) _next = Chunks.Count;
        return false;
    }

    private bool OpenNext()
    {
        if (_next == Chunks.Count) return false;
        var chunk = Chunks[_next++];
        byte encoding = chunk.Encoding;
        _isHistogram = HistogramChunk.IsEncoding(encoding);
        if (_isHistogram) (_run ??= new HistogramRun()).Open(_bytes.Of(chunk), encoding, chunk.Count);
        else _reader = new XorReader(chunk.Count);
        return _open = true;
    }

    /// <summary>Drops what lies outside the range or is deleted, moving the rest to the front.</summary>
    private int Trim(Span<long> timestamps, Span<double> values)
    {
        if (timestamps.IsEmpty) return 0;
        if (_deleted is null && timestamps[0] >= _range.MinMs && timestamps[^1] <= _range.MaxMs) return timestamps.Length;
        int kept = 0;
        for (int i = 0; i < timestamps.Length; i++)
        {
            long timestamp = timestamps[i];
            if (timestamp > _range.MaxMs)
            {
                (_open, _next, _taken) = (false, Chunks.Count, 0);
                break;
            }
            if (timestamp < _range.MinMs || IsDeleted(timestamp)) continue;
            timestamps[kept] = timestamp;
            values[kept++] = values[i];
        }
        return kept;
    }

    private bool IsDeleted(long timestamp)
    {
        if (_deleted is null) return false;
        foreach (var range in _deleted)
        {
            if (timestamp >= range.MinMs && timestamp <= range.MaxMs) return true;
        }
        return false;
    }
}
