using System.Globalization;

namespace Streamline.Storage.Blocks;

/// <summary>The frame of chunk segment files (docs/block.md): names, header, and how a chunk's reference says its place.</summary>
internal static class ChunkFiles
{
    public const string DirectoryName = "chunks";
    public const uint Magic = 0x85BD40DD;
    public const byte Version = 1;
    public const int HeaderBytes = 8;
    public const int EncodingBytes = 1;

    /// <summary>Where Prometheus starts a new segment.</summary>
    public const int MaxSegmentBytes = 512 << 20;

    /// <summary>No honest chunk comes near (float chunks are cut at 1 KiB); a lying length must not allocate a segment's size.</summary>
    public const int MaxChunkBytes = 16 << 20;

    /// <summary>Name of the segment with an index from 0 on; the files count from 1.</summary>
    public static string NameOf(int segment) => (segment + 1).ToString("D6", CultureInfo.InvariantCulture);

    public static ulong RefOf(int segment, long offset) => (ulong)segment << 32 | (uint)offset;

    public static int SegmentOf(ulong chunk) => (int)(chunk >> 32);

    public static long OffsetOf(ulong chunk) => (uint)chunk;
}
