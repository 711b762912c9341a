using System.Buffers.Binary;
using Streamline.Storage.Encoding;
using Streamline.Storage.Files;

namespace Streamline.Storage.HeadChunks;

/// <summary>Sees a chunk of a file: where it begins, and its data, which is good until the next one.</summary>
internal delegate void HeadChunkVisitor(in HeadChunkInfo info, long offset, ReadOnlySpan<byte> data);

/// <summary>Reads head chunk files: one chunk by its place, or a whole file at start. Every checksum is looked at.</summary>
internal static class HeadChunkReader
{
    private const int ScanBytes = 1 << 20;

    /// <summary>Bytes of buffer that <see cref="Read"/> needs.</summary>
    public static int BufferBytes(int dataBytes) => HeadChunkFormat.StoredBytes(dataBytes);

    /// <summary>Reads the chunk at an offset, whose length the caller knows; returns where its data begins in the buffer.</summary>
    /// <exception cref="StorageCorruptionException">It is not what was written.</exception>
    public static int Read(DataFile file, long offset, int dataBytes, Span<byte> buffer)
    {
        var stored = buffer[..HeadChunkFormat.StoredBytes(dataBytes)];
        int filled = 0;
        for (int read; filled < stored.Length && (read = file.Read(stored[filled..], offset + filled)) > 0;) filled += read;
        if (filled < stored.Length) throw new StorageCorruptionException(file.Path, offset, $"chunk of {dataBytes} bytes is cut short");
        CheckSum(file.Path, offset, stored);
        return stored.Length - Crc32C.Size - dataBytes;
    }

    /// <summary>Visits all chunks of a file from its beginning; returns the offset behind the last.</summary>
    /// <exception cref="StorageCorruptionException">Damage; the offset is that of the first chunk that cannot be trusted.</exception>
    public static long Scan(DataFile file, HeadChunkVisitor visit)
    {
        var scan = new FileScan(file);
        CheckHeader(scan);
        long at = HeadChunkFormat.FileHeaderBytes;
        while (true)
        {
            var head = scan.At(at, HeadChunkFormat.MostMetaBytes);
            if (IsEnd(head, scan.Length - at)) return at;
            if (head.Length < HeadChunkFormat.MostMetaBytes) throw Damage(file, at, "chunk is cut short");
            if (!Varint.TryRead(head[HeadChunkFormat.FixedBytes..], out ulong length, out int lengthBytes) || length is < 2 or > HeadChunkFormat.MostChunkBytes)
                throw Damage(file, at, "chunk has no sensible length");
            var info = InfoOf(head);
            int start = HeadChunkFormat.FixedBytes + lengthBytes, bytes = (int)length;
            var stored = scan.At(at, start + bytes + Crc32C.Size);
            if (stored.Length < start + bytes + Crc32C.Size) throw Damage(file, at, "chunk is cut short");
            CheckSum(file.Path, at, stored);
            visit(info, at, stored.Slice(start, bytes));
            at += stored.Length;
        }
    }

    /// <summary>A file that a crash left without its first bytes, or whose first bytes never reached the disk: it can only be deleted.</summary>
    public static bool IsEmpty(DataFile file)
    {
        Span<byte> magic = stackalloc byte[4];
        return file.Read(magic, 0) < magic.Length || BinaryPrimitives.ReadUInt32BigEndian(magic) == 0;
    }

    // Prometheus makes files longer than their content: what follows is zeros, and no chunk has reference and times 0.
    private static bool IsEnd(ReadOnlySpan<byte> head, long left) =>
        left == 0 || !head[..Math.Min(head.Length, left < HeadChunkFormat.MostMetaBytes ? head.Length : HeadChunkFormat.FixedBytes - 1)].ContainsAnyExcept((byte)0);

    private static HeadChunkInfo InfoOf(ReadOnlySpan<byte> head) => new(
        BinaryPrimitives.ReadUInt64BigEndian(head),
        BinaryPrimitives.ReadInt64BigEndian(head[8..]),
        BinaryPrimitives.ReadInt64BigEndian(head[16..]),
        (byte)(head[24] & ~HeadChunkFormat.OutOfOrderBit),
        (head[24] & HeadChunkFormat.OutOfOrderBit) != 0);

    private static void CheckHeader(FileScan scan)
    {
        var header = scan.At(0, HeadChunkFormat.FileHeaderBytes);
        if (header.Length < HeadChunkFormat.FileHeaderBytes) throw Damage(scan.File, 0, "file header is cut short");
        if (BinaryPrimitives.ReadUInt32BigEndian(header) != HeadChunkFormat.Magic) throw Damage(scan.File, 0, "not a head chunk file");
        if (header[4] != HeadChunkFormat.Version) throw Damage(scan.File, 0, $"version {header[4]} of head chunk files is not known");
    }

    /// <summary>Whether a chunk as stored has the checksum behind it.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> stored) => Crc32C.Of(stored[..^Crc32C.Size]) == BinaryPrimitives.ReadUInt32BigEndian(stored[^Crc32C.Size..]);

    /// <summary>The data of a chunk as stored.</summary>
    public static ReadOnlyMemory<byte> DataOf(ReadOnlyMemory<byte> stored, int dataBytes) => stored.Slice(stored.Length - Crc32C.Size - dataBytes, dataBytes);

    private static void CheckSum(string path, long offset, ReadOnlySpan<byte> stored)
    {
        if (!IsWhole(stored)) throw new StorageCorruptionException(path, offset, "checksum mismatch");
    }

    private static StorageCorruptionException Damage(DataFile file, long offset, string reason) => new(file.Path, offset, reason);

    /// <summary>A window that slides over the file. Fewer bytes than asked for come only at its end.</summary>
    private sealed class FileScan(DataFile file)
    {
        private byte[] _buffer = new byte[ScanBytes];
        private long _start;
        private int _filled;

        public DataFile File => file;

        public long Length { get; } = file.Length;

        public ReadOnlySpan<byte> At(long offset, int count)
        {
            count = (int)Math.Min(count, Length - offset);
            if (offset < _start || offset + count > _start + _filled) Load(offset, count);
            return _buffer.AsSpan((int)(offset - _start), (int)Math.Min(count, _start + _filled - offset));
        }

        private void Load(long offset, int count)
        {
            if (count > _buffer.Length) _buffer = new byte[count];
            (_start, _filled) = (offset, 0);
            for (int read; _filled < _buffer.Length && (read = file.Read(_buffer.AsSpan(_filled), _start + _filled)) > 0;) _filled += read;
        }
    }
}
