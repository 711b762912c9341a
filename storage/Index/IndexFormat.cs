using System.Buffers.Binary;
using Streamline.Storage.Encoding;

namespace Streamline.Storage.Index;

/// <summary>The constants of Prometheus's index file, version 2 (docs/index.md).</summary>
internal static class IndexFormat
{
    public const uint Magic = 0xBAAAD700;
    public const byte Version = 2;

    /// <summary>Read by Prometheus as version 2 is, and written by nobody yet.</summary>
    public const byte NextVersion = 3;

    public const int HeaderBytes = 5;

    /// <summary>Series start at multiples of this; a reference is the offset divided by it, so 32 bits reach 64 GiB.</summary>
    public const int SeriesAlignment = 16;

    public const long MaxBytes = (long)uint.MaxValue * SeriesAlignment;

    /// <summary>Pairs in the key of a postings list: one name, one value.</summary>
    public const byte PairKey = 2;
}

/// <summary>The table of contents, the last 52 bytes: where the sections start.</summary>
internal readonly record struct IndexToc(long Symbols, long Series, long LabelIndices, long LabelIndicesTable, long Postings, long PostingsTable)
{
    public const int Bytes = 6 * sizeof(ulong) + Crc32C.Size;

    public void Write(AppendFile file)
    {
        file.StartChecksum();
        foreach (long offset in (ReadOnlySpan<long>)[Symbols, Series, LabelIndices, LabelIndicesTable, Postings, PostingsTable]) file.WriteUInt64((ulong)offset);
        file.WriteChecksum();
    }

    public static IndexToc Read(ReadOnlySpan<byte> bytes, string file, long offset)
    {
        uint stored = BinaryPrimitives.ReadUInt32BigEndian(bytes[^Crc32C.Size..]);
        if (Crc32C.Of(bytes[..^Crc32C.Size]) != stored) throw new StorageCorruptionException(file, offset, "the table of contents fails its checksum");
        var reader = new SpanReader(bytes, file, offset);
        var toc = new IndexToc(Place(ref reader, offset), Place(ref reader, offset), Place(ref reader, offset), Place(ref reader, offset), Place(ref reader, offset), Place(ref reader, offset));
        return toc;
    }

    private static long Place(ref SpanReader reader, long end)
    {
        ulong place = reader.UInt64();
        if (place > (ulong)end) reader.Throw($"a section starts at {place}, behind the table of contents");
        return (long)place;
    }
}
