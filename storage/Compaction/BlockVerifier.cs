using Streamline.Storage.Blocks;
using Streamline.Storage.Encoding;
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
    private long _series, _chunks, _samples;

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
        _samples += XorChunk.CountOf(data);
        if (chunk.MinMs < block.Meta.MinTimeMs || chunk.MaxMs >= block.Meta.MaxTimeMs) _problems.Add($"{scan.Labels}: a chunk of {chunk.MinMs} to {chunk.MaxMs} lies outside the block");
        // Of other encodings only the checksum is looked at, which the read has done.
        if (encoding != XorChunk.EncodingId) return;
        var (file, offset) = scan.Place;
        var reader = XorReader.Open(data);
        long first = long.MaxValue, last = long.MinValue;
        while (true)
        {
            int read = reader.Next(data, _times, _values);
            if (read < 0) throw new StorageCorruptionException(file, offset, "a chunk's samples cannot be decoded");
            if (read == 0) break;
            for (int i = 0; i < read; i++)
            {
                if (_times[i] <= last) throw new StorageCorruptionException(file, offset, "a chunk's samples are out of order");
                first = Math.Min(first, _times[i]);
                last = _times[i];
            }
        }
        if ((first, last) != (chunk.MinMs, chunk.MaxMs)) throw new StorageCorruptionException(file, offset, $"a chunk holds {first} to {last}, the index says {chunk.MinMs} to {chunk.MaxMs}");
    }
}
