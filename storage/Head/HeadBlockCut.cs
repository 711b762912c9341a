using Streamline.Storage.Blocks;
using Streamline.Storage.Encoding;
using Streamline.Storage.Files;
using Streamline.Storage.Histograms;
using Streamline.Storage.Memory;

namespace Streamline.Storage.Head;

/// <summary>Writes a range of the head as a block. Chunks are copied, those that ended for their size joined to their followers; those of series with deletions are encoded anew.</summary>
internal sealed class HeadBlockCut(HeadStore head, DataFiles files, string directory, TimeProvider time)
{
    private readonly List<HeadChunk> _chunks = [];
    private readonly List<long> _lastTimes = [];
    private readonly long[] _times = new long[ChunkCutting.TargetSamples];
    private readonly double[] _values = new double[ChunkCutting.TargetSamples];
    private readonly NativeHistogram[] _histograms = new NativeHistogram[ChunkCutting.TargetSamples];

    /// <summary>What the block's meta.json says of its origin.</summary>
    public IReadOnlyList<string>? Hints { get; init; }

    public BlockFormat Format { get; init; } = BlockFormat.Usual;

    /// <summary>
    /// The block of [<paramref name="minMs"/>, <paramref name="maxMs"/>), or null when no sample is left in it. Nothing may be appended to the range any more.
    /// </summary>
    public BlockMeta? Write(long minMs, long maxMs) => Write(minMs, maxMs, encodeAll: false);

    /// <summary>The same while commits go on: chunks still being written are read up to where they stood, so all are encoded anew.</summary>
    public BlockMeta? WriteLive(long minMs, long maxMs) => Write(minMs, maxMs, encodeAll: true);

    /// <summary>The same of some series only.</summary>
    public BlockMeta? WriteLive(long minMs, long maxMs, List<SeriesHandle> series) => Write(minMs, maxMs, encodeAll: true, series);

    private BlockMeta? Write(long minMs, long maxMs, bool encodeAll, List<SeriesHandle>? series = null)
    {
        var range = new TimeRange(minMs, maxMs - 1);
        using var set = series is null ? head.Select([], range) : head.SelectSeries(series, range);
        using var bytes = new HeadChunkBytes(set.Files);
        using var writer = new BlockWriter(files, directory, time, new BlockOrigin(minMs, maxMs) { Format = Format, Hints = Hints });
        var encoder = new SeriesEncoder(writer);
        var joiner = new ChunkJoiner(writer);
        for (int i = 0; i < set.Count; i++)
        {
            writer.StartSeries(set.LabelsAt(i));
            if (encodeAll || set.HasTombstones(i) || !TryCopy(set, i, bytes, joiner)) Encode(set, i, encoder);
        }
        return writer.Finish();
    }

    // A chunk of a head with longer blocks, or of another program, may reach over the range: then the series is encoded anew.
    private bool TryCopy(HeadSeriesSet set, int index, HeadChunkBytes bytes, ChunkJoiner joiner)
    {
        set.ChunksAt(index, _chunks);
        _lastTimes.Clear();
        for (int i = 0; i < _chunks.Count; i++)
        {
            var chunk = _chunks[i];
            // The newest chunk has no last time of its own while it is open, a hot line would say one that is only being checked.
            bool open = i == _chunks.Count - 1 && !ChunkBlock.Header(chunk.Block).IsMapped;
            long last = open ? LastTime(bytes.Of(chunk), chunk.Encoding, chunk.Count) : ChunkBlock.Header(chunk.Block).MaxTime;
            if (chunk.MinTime < set.Range.MinMs || last > set.Range.MaxMs) return false;
            _lastTimes.Add(last);
        }
        for (int i = 0; i < _chunks.Count; i++) joiner.Add(_chunks[i].MinTime, _lastTimes[i], bytes.Of(_chunks[i]), _chunks[i].Encoding);
        joiner.EndSeries();
        return true;
    }

    private long LastTime(ReadOnlySpan<byte> data, byte encoding, int count)
    {
        if (HistogramChunk.IsEncoding(encoding)) return HistogramReader.LastTime(data, encoding, count);
        var reader = new XorReader(count);
        int read;
        do read = reader.Next(data, _times, _values);
        while (read > 0 && reader.Remaining > 0);
        return reader.State.Timestamp;
    }

    private void Encode(HeadSeriesSet set, int index, SeriesEncoder encoder)
    {
        using var cursor = set.Open(index);
        int read;
        while ((read = cursor.Next(_times, _values)) > 0 || cursor.AtHistogram)
        {
            for (int i = 0; i < read; i++) encoder.Add(_times[i], _values[i]);
            if (read > 0) continue;
            read = cursor.NextHistograms(_times, _histograms);
            for (int i = 0; i < read; i++) encoder.Add(_times[i], _histograms[i]);
        }
        encoder.EndSeries();
    }
}
