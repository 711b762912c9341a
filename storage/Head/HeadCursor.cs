using Streamline.Storage.Encoding;
using Streamline.Storage.HeadChunks;
using Streamline.Storage.Histograms;

namespace Streamline.Storage.Head;

/// <summary>Decodes a head series' chunks one after the other, straight into the caller's columns. Hot path: no allocation once its list has grown.</summary>
internal sealed class HeadCursor(HeadChunkFiles? files) : SampleCursor
{
    private readonly HeadChunkBytes _bytes = new(files);
    private TimeRange _range;
    private IReadOnlyList<TimeRange>? _deleted;
    private XorReader _reader;
    // Made for the first chunk of histograms.
    private HistogramRun? _run;
    private int _next;
    private bool _open, _isHistogram;

    /// <summary>What to read, oldest first; filled before <see cref="Start"/>.</summary>
    public List<HeadChunk> Chunks { get; } = [];

    public void Start(TimeRange range, IReadOnlyList<TimeRange>? deleted)
    {
        (_range, _deleted, _next, _open) = (range, deleted, 0, false);
    }

    public override int Next(Span<long> timestamps, Span<double> values)
    {
        int filled = 0;
        while (filled < timestamps.Length && (_open || OpenNext()))
        {
            if (_isHistogram)
            {
                if (FillHistograms()) break;
                continue;
            }
            var chunk = Chunks[_next - 1];
            int read = _reader.Next(_bytes.Of(chunk), timestamps[filled..], values[filled..]);
            if (read == XorReader.Corrupt) throw new StorageCorruptionException("head", chunk.MinTime, "chunk in memory does not decode");
            if (_reader.Remaining == 0) _open = false;
            filled += Trim(timestamps.Slice(filled, read), values.Slice(filled, read));
        }
        return filled;
    }

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
                (_open, _next) = (false, Chunks.Count);
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
