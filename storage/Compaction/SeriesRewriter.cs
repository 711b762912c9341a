using Streamline.Storage.Blocks;
using Streamline.Storage.Encoding;
using Streamline.Storage.Histograms;
using Streamline.Storage.Index;

namespace Streamline.Storage.Compaction;

/// <summary>
/// Writes one series out of the chunks that several blocks have of it. A chunk that overlaps no other and has nothing deleted is copied as it is; the others are
/// decoded, merged and encoded anew. Of two samples of one time that of the chunk which was not moved on last stays (storage/merge.go, as in queries): in the
/// middle of a series the one that came out of order. Holds the samples of overlapping chunks, no more.
/// </summary>
internal sealed class SeriesRewriter(BlockWriter writer)
{
    private const int ReadAtOnce = 120;

    private readonly SeriesEncoder _encoder = new(writer);
    private readonly List<Source> _chunks = [];
    private readonly long[] _times = new long[ReadAtOnce];
    private readonly double[] _values = new double[ReadAtOnce];
    private readonly long[] _starts = new long[ReadAtOnce];
    private readonly NativeHistogram[] _histograms = new NativeHistogram[ReadAtOnce];
    private readonly HistogramReader _histogramReader = new();
    private List<Sample> _pending = [], _merged = [];
    private int _emitted;

    private readonly record struct Source(ChunkMeta Chunk, BlockScan Block, int Rank);

    private readonly record struct Sample(long Time, double Value, NativeHistogram? Histogram, long Start = 0);

    /// <summary>Takes the chunks of a block's present series; of chunks of the same times the one of lower rank comes first.</summary>
    public void Add(BlockScan block, int rank)
    {
        foreach (var chunk in block.Chunks)
        {
            if (block.Deleted is { } deleted && deleted.Exists(r => r.MinMs <= chunk.MinMs && chunk.MaxMs <= r.MaxMs)) continue;
            _chunks.Add(new Source(chunk, block, rank));
        }
    }

    /// <summary>Writes the series and forgets its chunks.</summary>
    public void Write(Labels labels)
    {
        writer.StartSeries(labels);
        _chunks.Sort(static (a, b) => (a.Chunk.MinMs, a.Chunk.MaxMs, a.Rank).CompareTo((b.Chunk.MinMs, b.Chunk.MaxMs, b.Rank)));
        for (int i = 0; i < _chunks.Count; i++)
        {
            var source = _chunks[i];
            EmitBefore(source.Chunk.MinMs);
            if (_emitted == _pending.Count) _movedWaiting = false;
            bool alone = _emitted == _pending.Count && (i + 1 == _chunks.Count || _chunks[i + 1].Chunk.MinMs > source.Chunk.MaxMs);
            if (alone && !IsTouched(source)) Copy(source);
            else Decode(source);
        }
        EmitBefore(long.MaxValue);
        _encoder.EndSeries();
        _chunks.Clear();
        _pending.Clear();
        _emitted = 0;
    }

    private static bool IsTouched(Source source) =>
        source.Block.Deleted is { } deleted && deleted.Exists(r => r.MinMs <= source.Chunk.MaxMs && source.Chunk.MinMs <= r.MaxMs);

    private void Copy(Source source)
    {
        _encoder.EndSeries();
        var data = source.Block.Read(source.Chunk, out byte encoding);
        writer.AddChunk(source.Chunk.MinMs, source.Chunk.MaxMs, data, encoding);
    }

    private void Decode(Source source)
    {
        var data = source.Block.Read(source.Chunk, out byte encoding);
        _merged.Clear();
        int old = _emitted;
        _movedNew = !_movedWaiting;
        if (HistogramChunk.IsEncoding(encoding)) MergeHistograms(source, data, encoding, ref old);
        else if (encoding == XorChunk.EncodingId) MergeFloats(source, data, ref old);
        else if (encoding == Xor2Reader.EncodingId) MergeXor2(source, data, ref old);
        else throw Damage(source);
        while (old < _pending.Count) _merged.Add(_pending[old++]);
        (_pending, _merged) = (_merged, _pending);
        _emitted = 0;
    }

    private void MergeFloats(Source source, ReadOnlySpan<byte> data, ref int old)
    {
        var reader = XorReader.Open(data);
        int read;
        while ((read = reader.Next(data, _times, _values)) > 0)
        {
            for (int i = 0; i < read; i++)
            {
                if (!IsDeleted(source.Block.Deleted, _times[i])) Merge(ref old, new Sample(_times[i], _values[i], null));
            }
        }
        if (read < 0) throw Damage(source);
    }

    private void MergeXor2(Source source, ReadOnlySpan<byte> data, ref int old)
    {
        var reader = new Xor2Reader();
        reader.Open(data);
        int read;
        while ((read = reader.Next(data, _times, _values, _starts)) > 0)
        {
            for (int i = 0; i < read; i++)
            {
                if (!IsDeleted(source.Block.Deleted, _times[i])) Merge(ref old, new Sample(_times[i], _values[i], null, _starts[i]));
            }
        }
        if (read < 0) throw Damage(source);
    }

    private void MergeHistograms(Source source, ReadOnlySpan<byte> data, byte encoding, ref int old)
    {
        _histogramReader.Open(data, encoding, HistogramChunk.CountOf(data, encoding));
        int read;
        while ((read = _histogramReader.Next(data, _times, _histograms)) > 0)
        {
            for (int i = 0; i < read; i++)
            {
                if (!IsDeleted(source.Block.Deleted, _times[i])) Merge(ref old, new Sample(_times[i], 0, _histograms[i]));
            }
        }
        if (read < 0) throw Damage(source);
    }

    private static StorageCorruptionException Damage(Source source)
    {
        var (file, offset) = source.Block.Place;
        return new StorageCorruptionException(file, offset, "a chunk's samples cannot be decoded");
    }

    // Whether the chunk being decoded was moved on last, and not the samples that wait; and whether the first of these have gone before it begins.
    private bool _movedNew, _movedWaiting;

    /// <summary>Adds the waiting samples before a new one, then the new one, or of two of the same time the one whose side stood still.</summary>
    private void Merge(ref int old, Sample sample)
    {
        for (; old < _pending.Count && _pending[old].Time < sample.Time; _movedNew = false) _merged.Add(_pending[old++]);
        bool twice = old < _pending.Count && _pending[old].Time == sample.Time;
        if (!twice)
        {
            _merged.Add(sample);
            _movedNew = true;
            return;
        }
        // The one left out is passed over, so the same side has moved last again.
        _merged.Add(_movedNew ? _pending[old] : sample);
        old++;
    }

    private static bool IsDeleted(List<TimeRange>? deleted, long time) => deleted is not null && deleted.Exists(r => r.MinMs <= time && time <= r.MaxMs);

    private void EmitBefore(long time)
    {
        for (; _emitted < _pending.Count && (_pending[_emitted].Time < time || time == long.MaxValue); _emitted++)
        {
            var sample = _pending[_emitted];
            if (sample.Histogram is null) _encoder.Add(sample.Time, sample.Value, sample.Start);
            else _encoder.Add(sample.Time, sample.Histogram);
            _movedWaiting = true;
        }
    }
}
