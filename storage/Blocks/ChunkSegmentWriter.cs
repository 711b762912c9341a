using Streamline.Storage.Encoding;
using Streamline.Storage.Files;

namespace Streamline.Storage.Blocks;

/// <summary>Writes a block's chunks one behind the other into segment files.</summary>
internal sealed class ChunkSegmentWriter(DataFiles files, string directory, int maxSegmentBytes) : IDisposable
{
    private AppendFile? _file;
    private int _segment = -1;

    /// <summary>Adds a chunk and returns its reference.</summary>
    public ulong Add(byte encoding, ReadOnlySpan<byte> data)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(data.Length, ChunkFiles.MaxChunkBytes);
        int bytes = Varint.SizeOf((ulong)data.Length) + ChunkFiles.EncodingBytes + data.Length + Crc32C.Size;
        if (_file is null || (_file.Position + bytes > maxSegmentBytes && _file.Position > ChunkFiles.HeaderBytes)) _file = Cut();
        ulong place = ChunkFiles.RefOf(_segment, _file.Position);
        _file.WriteUvarint((ulong)data.Length);
        _file.StartChecksum();
        _file.WriteByte(encoding);
        _file.Write(data);
        _file.WriteChecksum();
        return place;
    }

    /// <summary>Forces everything to the disk.</summary>
    public void Finish()
    {
        _file?.Sync();
        files.SyncDirectory(directory);
    }

    public void Dispose() => _file?.Dispose();

    private AppendFile Cut()
    {
        _file?.Sync();
        _file?.Dispose();
        var file = new AppendFile(files, Path.Combine(directory, ChunkFiles.NameOf(++_segment)));
        file.WriteUInt32(ChunkFiles.Magic);
        file.WriteByte(ChunkFiles.Version);
        file.Pad(ChunkFiles.HeaderBytes);
        return file;
    }
}
