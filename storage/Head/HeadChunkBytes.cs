using System.Buffers;
using Streamline.Storage.HeadChunks;
using Streamline.Storage.Memory;

namespace Streamline.Storage.Head;

/// <summary>
/// The bytes of a head chunk wherever they are: in native memory, or in a head chunk file and then read into a pooled buffer that holds the last one asked
/// for. One thread at a time. Hot path: allocates nothing once the buffer has grown.
/// </summary>
internal sealed class HeadChunkBytes(HeadChunkFiles? files) : IDisposable
{
    private byte[] _buffer = [];
    private ulong _loaded;
    private int _start;

    /// <summary>Good until the next call, and as long as the reader is registered.</summary>
    /// <exception cref="StorageCorruptionException">The file does not hold the chunk any more.</exception>
    public ReadOnlySpan<byte> Of(in HeadChunk chunk) =>
        ChunkBlock.Header(chunk.Block).IsMapped ? Mapped(ref ChunkBlock.Mapped(chunk.Block)) : ChunkBlock.Data(chunk.Block, chunk.Bytes);

    public void Dispose()
    {
        if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        _loaded = 0;
    }

    private ReadOnlySpan<byte> Mapped(ref MappedChunk chunk)
    {
        if (_loaded != chunk.Ref) Load(ref chunk);
        return _buffer.AsSpan(_start, chunk.DataBytes);
    }

    private void Load(ref MappedChunk chunk)
    {
        int bytes = HeadChunkReader.BufferBytes(chunk.DataBytes);
        if (_buffer.Length < bytes)
        {
            Dispose();
            _buffer = ArrayPool<byte>.Shared.Rent(bytes);
        }
        // 0 is no chunk's reference: numbers of files begin at 1 or offsets at 8.
        _loaded = 0;
        _start = files!.Read(chunk.Ref, chunk.DataBytes, _buffer);
        _loaded = chunk.Ref;
    }
}
