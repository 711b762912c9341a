using Streamline.Storage.Blocks;
using Streamline.Storage.Encoding;
using Streamline.Storage.Histograms;
using Streamline.Storage.Index;

namespace Streamline.Storage.Compaction;

/// <summary>Reads everything of a block and compares it with what its index and meta.json say.</summary>
internal sealed class BlockVerifier(BlockReader block)
{
    /// <summary>A block damaged all over need not be told in full.</summary>
    private const int MostProblems = 100;

    private readonly List<string> _problems = [];
    private readonly long[] _times = new long[128];
    private readonly double[] _values = new double[128];
    private readonly NativeHistogram[] _histograms = new NativeHistogram[128];
    private readonly HistogramReader _reader = new();
    private long _series, _chunks, _samples, _histogramSamples;

    /// <summary>What is wrong, one line each; none for a sound block.</summary>
    public List<string> Run()
    {
        try
        {
            using var scan = block.Scan();
            Labels? last = null;
            while (_problems.Count < MostProblems && scan.Next())
            {
                if (last is not null && last.CompareTo(scan.Labels) >= 0) _problems.Add($"series {scan.Labels} stands behind {last}");
                last = scan.Labels;
                _series++;
                foreach (var chunk in scan.Chunks) Guarded(() => Check(scan, chunk));
            }
        }
        catch (IOException error)
        {
            _problems.Add(error.Message);
            return _problems;
        }
        var stats = block.Meta.Stats;
        if (_problems.Count == 0 && (_series, _chunks, _samples) != (stats.NumSeries, stats.NumChunks, stats.NumSamples))
            _problems.Add($"meta.json counts {stats.NumSeries} series, {stats.NumChunks} chunks and {stats.NumSamples} samples; there are {_series}, {_chunks} and {_samples}");
        // Blocks of old versions do not count histograms by themselves.
        if (_problems.Count == 0 && stats.NumHistogramSamples > 0 && stats.NumHistogramSamples != _histogramSamples)
            _problems.Add($"meta.json counts {stats.NumHistogramSamples} histograms; there are {_histogramSamples}");
        return _problems;
    }

    private void Guarded(Action check)
    {
        try
        {
            check();
        }
        catch (StorageCorruptionException error)
        {
            _problems.Add(error.Message);
        }
    }

    private void Check(BlockScan scan, ChunkMeta chunk)
    {
        _chunks++;
        var data = scan.Read(chunk, out byte encoding);
        _samples += HistogramChunk.CountOf(data, encoding);
        if (chunk.MinMs < block.Meta.MinTimeMs || chunk.MaxMs >= block.Meta.MaxTimeMs) _problems.Add($"{scan.Labels}: a chunk of {chunk.MinMs} to {chunk.MaxMs} lies outside the block");
        var (file, offset) = scan.Place;
        var (first, last) = encoding switch
        {
            XorChunk.EncodingId => FloatRange(data, file, offset),
            Xor2Reader.EncodingId => Xor2Range(data, file, offset),
            _ when HistogramChunk.IsEncoding(encoding) => HistogramRange(data, encoding, file, offset),
            _ => throw new StorageCorruptionException(file, offset, $"a chunk of encoding {encoding}, which nobody writes"),
        };
        if ((first, last) != (chunk.MinMs, chunk.MaxMs)) throw new StorageCorruptionException(file, offset, $"a chunk holds {first} to {last}, the index says {chunk.MinMs} to {chunk.MaxMs}");
    }

    private (long First, long Last) FloatRange(ReadOnlySpan<byte> data, string file, long offset)
    {
        var reader = XorReader.Open(data);
        var range = (First: long.MaxValue, Last: long.MinValue);
        int read;
        while ((read = reader.Next(data, _times, _values)) > 0) Extend(ref range, read, file, offset);
        return read == 0 ? range : throw new StorageCorruptionException(file, offset, "a chunk's samples cannot be decoded");
    }

    private (long First, long Last) Xor2Range(ReadOnlySpan<byte> data, string file, long offset)
    {
        var reader = new Xor2Reader();
        reader.Open(data);
        long[] starts = new long[_times.Length];
        var range = (First: long.MaxValue, Last: long.MinValue);
        int read;
        while ((read = reader.Next(data, _times, _values, starts)) > 0) Extend(ref range, read, file, offset);
        return read == 0 ? range : throw new StorageCorruptionException(file, offset, "a chunk's samples cannot be decoded");
    }

    private (long First, long Last) HistogramRange(ReadOnlySpan<byte> data, byte encoding, string file, long offset)
    {
        _reader.Open(data, encoding, HistogramChunk.CountOf(data, encoding));
        var range = (First: long.MaxValue, Last: long.MinValue);
        int read;
        while ((read = _reader.Next(data, _times, _histograms)) > 0)
        {
            Extend(ref range, read, file, offset);
            _histogramSamples += read;
        }
        return read == 0 ? range : throw new StorageCorruptionException(file, offset, "a chunk's histograms cannot be decoded");
    }

    private void Extend(ref (long First, long Last) range, int read, string file, long offset)
    {
        for (int i = 0; i < read; i++)
        {
            if (_times[i] <= range.Last) throw new StorageCorruptionException(file, offset, "a chunk's samples are out of order");
            range = (Math.Min(range.First, _times[i]), _times[i]);
        }
    }
}
