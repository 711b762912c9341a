using System.Buffers.Binary;

namespace Streamline.Storage.Encoding;

/// <summary>Walks a part of a file field by field, with a running checksum; bounded by its end, whatever lengths the file declares.</summary>
/// <param name="window">The file; used by this scanner alone while it runs.</param>
/// <param name="start">First byte.</param>
/// <param name="end">First byte behind the part; at most the file's length.</param>
internal struct FileScanner(FileWindow window, long start, long end)
{
    private uint _checksum = Crc32C.Start;

    public long Position { get; private set; } = start;

    public readonly bool AtEnd => Position >= end;

    public readonly uint Checksum => Crc32C.Finish(_checksum);

    public uint UInt32() => BinaryPrimitives.ReadUInt32BigEndian(Bytes(sizeof(uint)));

    public ulong Uvarint()
    {
        var bytes = window.ReadUpTo(Position, (int)Math.Min(Varint.MaxBytes, end - Position));
        if (!Varint.TryRead(bytes, out ulong value, out int length)) throw new StorageCorruptionException(window.File, Position, "a varint is cut short or too long");
        Bytes(length);
        return value;
    }

    /// <summary>Bytes behind their length.</summary>
    public ReadOnlySpan<byte> Text()
    {
        ulong length = Uvarint();
        if (length > (ulong)(end - Position)) throw new StorageCorruptionException(window.File, Position, $"a text of {length} bytes reaches over its section");
        return Bytes((int)Math.Min(length, int.MaxValue));
    }

    public ReadOnlySpan<byte> Bytes(int count)
    {
        if (count > end - Position) throw new StorageCorruptionException(window.File, Position, $"{count} bytes are needed, the section has {end - Position}");
        var bytes = window.Read(Position, count);
        _checksum = Crc32C.Update(_checksum, bytes);
        Position += count;
        return bytes;
    }
}
