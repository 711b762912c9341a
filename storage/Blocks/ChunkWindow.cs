using System.Buffers.Binary;
using Streamline.Storage.Encoding;

namespace Streamline.Storage.Blocks;

/// <summary>Fetches one chunk after the other for one cursor: checked once when opened, then handed out from the window, which is read again if it moved.</summary>
internal sealed class ChunkWindow(ChunkSegments segments) : IDisposable
{
    private FileWindow? _window;
    private int _segment = -1;
    private long _dataAt;
    private int _dataBytes;

    /// <summary>The file of the open chunk.</summary>
    public string File => _window!.File;

    /// <summary>Offset of the open chunk's data.</summary>
    public long Offset => _dataAt;

    /// <summary>Opens the chunk at a reference, checks it and returns its encoding.</summary>
    /// <exception cref="StorageCorruptionException">There is no chunk there, or it fails its checksum.</exception>
    public byte Open(ulong chunk)
    {
        var window = WindowOf(ChunkFiles.SegmentOf(chunk));
        long at = ChunkFiles.OffsetOf(chunk);
        var head = window.ReadUpTo(at, Varint.MaxBytes32);
        if (!Varint.TryRead(head, out ulong length, out int prefix) || length > ChunkFiles.MaxChunkBytes) throw new StorageCorruptionException(window.File, at, "no chunk starts here");
        _dataBytes = (int)length;
        _dataAt = at + prefix + ChunkFiles.EncodingBytes;
        var body = window.Read(at + prefix, ChunkFiles.EncodingBytes + _dataBytes + Crc32C.Size);
        if (Crc32C.Of(body[..^Crc32C.Size]) != BinaryPrimitives.ReadUInt32BigEndian(body[^Crc32C.Size..])) throw new StorageCorruptionException(window.File, at, "a chunk fails its checksum");
        return body[0];
    }

    /// <summary>The open chunk's bytes; valid until the next call.</summary>
    public ReadOnlySpan<byte> Data() => _window!.Read(_dataAt, _dataBytes);

    public void Dispose()
    {
        _window?.Dispose();
        _window = null;
        _segment = -1;
    }

    private FileWindow WindowOf(int segment)
    {
        if (segment == _segment) return _window!;
        if (segment >= segments.Count || segment < 0) throw new StorageCorruptionException(Path.Combine(segments.Directory, ChunkFiles.NameOf(segment)), 0, "a series names this chunk file, which is missing");
        _window?.Dispose();
        _segment = segment;
        return _window = segments.NewWindow(segment);
    }
}
