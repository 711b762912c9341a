using System.Buffers.Binary;
using Streamline.Storage.Encoding;
using Streamline.Storage.Files;

namespace Streamline.Storage.Snapshot;

/// <summary>Reads frames in order, each checked before it is looked at. Not thread safe.</summary>
internal sealed class SnapshotReader(DataFile file)
{
    private readonly long _length = file.Length;
    private long _offset;

    /// <summary>The next frame's content, in a buffer of the caller's that grows as far as needed.</summary>
    /// <exception cref="StorageCorruptionException">The file ends, or the frame is damaged.</exception>
    public ReadOnlySpan<byte> Next(ref byte[] buffer)
    {
        Span<byte> header = stackalloc byte[SnapshotFormat.FrameHeaderBytes];
        Fill(header, _offset);
        int bytes = BinaryPrimitives.ReadInt32LittleEndian(header);
        if (bytes < 0 || bytes > SnapshotFormat.MostFrameBytes || bytes > _length - _offset - header.Length) throw Damage("frame has no sensible length");
        if (buffer.Length < bytes) buffer = new byte[Math.Max(bytes, SnapshotFormat.FrameBytes * 2)];
        var frame = buffer.AsSpan(0, bytes);
        Fill(frame, _offset + header.Length);
        if (Crc32C.Of(frame) != BinaryPrimitives.ReadUInt32LittleEndian(header[sizeof(int)..])) throw Damage("checksum mismatch");
        _offset += header.Length + bytes;
        return frame;
    }

    private void Fill(Span<byte> target, long offset)
    {
        int filled = 0;
        for (int read; filled < target.Length && (read = file.Read(target[filled..], offset + filled)) > 0;) filled += read;
        if (filled < target.Length) throw Damage("file is cut short");
    }

    private StorageCorruptionException Damage(string reason) => new(file.Path, _offset, reason);
}
