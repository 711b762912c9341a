using Streamline.Storage.Encoding;
using Streamline.Storage.Head;

namespace Streamline.Storage.Blocks;

/// <summary>
/// Adds the chunks of a series to a block, those of floats that ended for their size with what follows them: what the head bounds for its memory's sake costs
/// some 25 bytes a chunk on the disk. Such a chunk grows to as many samples as one that ended for its time may have.
/// </summary>
internal sealed class ChunkJoiner(BlockWriter writer)
{
    private readonly FloatChunks _floats = new(writer);
    private readonly byte[] _joined = new byte[XorChunk.HeaderBytes + ChunkCutting.MostSamples * XorChunk.MaxSampleBytes];
    private readonly long[] _times = new long[ChunkCutting.TargetSamples];
    private readonly double[] _values = new double[ChunkCutting.TargetSamples];
    private XorState _state;
    private long _minMs, _maxMs;
    private bool _isWaiting;

    /// <summary>Adds the next chunk of the started series.</summary>
    public void Add(long minMs, long maxMs, ReadOnlySpan<byte> chunk, byte encoding)
    {
        if (_isWaiting && encoding == XorChunk.EncodingId && TryExtend(chunk))
        {
            _maxMs = maxMs;
            return;
        }
        EndSeries();
        bool isFloat = encoding == XorChunk.EncodingId;
        _isWaiting = isFloat && chunk.Length >= ChunkCutting.FullBytes && chunk.Length <= _joined.Length && XorChunk.CountOf(chunk) < ChunkCutting.MostSamples
            && XorChunk.TryResume(chunk, out _state);
        if (_isWaiting)
        {
            chunk.CopyTo(_joined);
            (_minMs, _maxMs) = (minMs, maxMs);
        }
        else if (isFloat)
        {
            _floats.Add(minMs, maxMs, chunk);
        }
        else
        {
            writer.AddChunk(minMs, maxMs, chunk, encoding);
        }
    }

    /// <summary>Writes what waits for a follower.</summary>
    public void EndSeries()
    {
        if (_isWaiting) _floats.Add(_minMs, _maxMs, _joined.AsSpan(0, _state.ByteLength));
        _isWaiting = false;
    }

    private bool TryExtend(ReadOnlySpan<byte> chunk)
    {
        if (_state.Count + XorChunk.CountOf(chunk) > ChunkCutting.MostSamples) return false;
        var reader = XorReader.Open(chunk);
        int read;
        while ((read = reader.Next(chunk, _times, _values)) > 0)
        {
            for (int i = 0; i < read; i++) XorChunk.TryAppend(_joined, ref _state, _times[i], _values[i]);
        }
        return read == 0 ? true : throw new StorageCorruptionException("head", _minMs, "a chunk's samples cannot be decoded");
    }
}
