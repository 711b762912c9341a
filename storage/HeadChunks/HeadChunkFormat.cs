using System.Buffers.Binary;
using Streamline.Storage.Encoding;

namespace Streamline.Storage.HeadChunks;

/// <summary>Numbers of head chunk files (docs/headchunks.md), as in Prometheus (tsdb/docs/format/head_chunks.md).</summary>
internal static class HeadChunkFormat
{
    public const uint Magic = 0x0130BC91;

    public const byte Version = 1;

    /// <summary>Magic, version, three zeros.</summary>
    public const int FileHeaderBytes = 8;

    /// <summary>Bytes of a file at most; a larger chunk would get one of its own.</summary>
    public const int MostFileBytes = 128 << 20;

    /// <summary>Series reference, first and last time, encoding.</summary>
    public const int FixedBytes = 8 + 8 + 8 + 1;

    /// <summary>Set in the encoding of an out-of-order chunk.</summary>
    public const byte OutOfOrderBit = 0x80;

    /// <summary>Bytes around the data of a chunk at most. Prometheus takes fewer at the end of a file for damage, which no chunk with a sample is short enough for.</summary>
    public const int MostMetaBytes = FixedBytes + Varint.MaxBytes32 + Crc32C.Size;

    /// <summary>A chunk larger than this is damage: it bounds what a broken length can make us allocate.</summary>
    public const int MostChunkBytes = 16 << 20;

    public static void WriteFileHeader(Span<byte> target)
    {
        BinaryPrimitives.WriteUInt32BigEndian(target, Magic);
        target[4] = Version;
        target[5..FileHeaderBytes].Clear();
    }

    /// <summary>Bytes that a chunk takes in its file.</summary>
    public static int StoredBytes(int dataBytes) => FixedBytes + Varint.SizeOf((ulong)dataBytes) + dataBytes + Crc32C.Size;

    /// <summary>Writes a chunk; returns its stored bytes.</summary>
    public static int Write(Span<byte> target, in HeadChunkInfo info, ReadOnlySpan<byte> data)
    {
        BinaryPrimitives.WriteUInt64BigEndian(target, info.SeriesRef);
        BinaryPrimitives.WriteInt64BigEndian(target[8..], info.MinTime);
        BinaryPrimitives.WriteInt64BigEndian(target[16..], info.MaxTime);
        target[24] = (byte)(info.OutOfOrder ? info.Encoding | OutOfOrderBit : info.Encoding);
        int at = FixedBytes + Varint.Write(target[FixedBytes..], (ulong)data.Length);
        data.CopyTo(target[at..]);
        at += data.Length;
        BinaryPrimitives.WriteUInt32BigEndian(target[at..], Crc32C.Of(target[..at]));
        return at + Crc32C.Size;
    }
}
