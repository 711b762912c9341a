using Streamline.Storage.HeadChunks;
using Streamline.Storage.Memory;

namespace Streamline.Storage.Head;

/// <summary>
/// The bytes of a head chunk wherever they are: in native memory, or in a head chunk file and then read through windows, which is done and checked once
/// for all calls that ask for the same chunk in a row. One thread at a time. Hot path: allocates nothing once the windows have grown.
/// </summary>
internal sealed class HeadChunkBytes(HeadChunkFiles? files) : IDisposable
{
    private HeadChunkWindows? _windows;
    private ReadOnlyMemory<byte> _data;
    private ulong _loaded;

    /// <summary>Good until the next call, and as long as the reader is registered.</summary>
    /// <exception cref="StorageCorruptionException">The file does not hold the chunk any more.</exception>
    public ReadOnlySpan<byte> Of(in HeadChunk chunk) =>
        ChunkBlock.Header(chunk.Block).IsMapped ? Mapped(ref ChunkBlock.Mapped(chunk.Block)) : ChunkBlock.Data(chunk.Block, chunk.Bytes);

    public void Dispose()
    {
        _windows?.Dispose();
        (_windows, _data, _loaded) = (null, default, 0);
    }

    private ReadOnlySpan<byte> Mapped(ref MappedChunk chunk)
    {
        if (_loaded == chunk.Ref) return _data.Span;
        _windows ??= new HeadChunkWindows(files!);
        // 0 is no chunk's reference: numbers of files begin at 1 or offsets at 8.
        _loaded = 0;
        _data = _windows.Read(chunk.Ref, chunk.DataBytes);
        _loaded = chunk.Ref;
        return _data.Span;
    }
}
