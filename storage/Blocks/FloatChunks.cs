using Streamline.Storage.Encoding;

namespace Streamline.Storage.Blocks;

/// <summary>Adds chunks of floats to a block in the encoding that the block is to have: those of encoding 1 as they are, or written anew in encoding 4.</summary>
internal sealed class FloatChunks(BlockWriter writer)
{
    private readonly Xor2Writer _xor2 = new();
    private long[] _times = [];
    private double[] _values = [];

    /// <summary>Adds a chunk of encoding 1. Start times, one a sample, only encoding 4 can hold: with any it is taken, whatever the block is to have.</summary>
    public void Add(long minMs, long maxMs, ReadOnlySpan<byte> chunk, ReadOnlySpan<long> starts = default)
    {
        if (writer.Floats == FloatChunkEncoding.Xor && starts.IsEmpty) writer.AddChunk(minMs, maxMs, chunk);
        else writer.AddChunk(minMs, maxMs, Recoded(chunk, starts), Xor2Reader.EncodingId);
    }

    private ReadOnlySpan<byte> Recoded(ReadOnlySpan<byte> chunk, ReadOnlySpan<long> starts)
    {
        int count = XorChunk.CountOf(chunk);
        if (_times.Length < count) (_times, _values) = (new long[count], new double[count]);
        var reader = XorReader.Open(chunk);
        int filled = 0;
        for (int read; filled < count; filled += read)
        {
            read = reader.Next(chunk, _times.AsSpan(filled, count - filled), _values.AsSpan(filled, count - filled));
            if (read <= 0) throw new StorageCorruptionException("head", filled, "a chunk's samples cannot be decoded");
        }
        return _xor2.Write(_times.AsSpan(0, count), _values.AsSpan(0, count), starts);
    }
}
