using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Streamline.Storage.Memory;

/// <summary>In front of a chunk's bytes in its native block. Chunks of a series form a list from the newest to the oldest.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ChunkHeader
{
    /// <summary>Bytes of this header.</summary>
    public const int Bytes = 32;

    /// <summary>
    /// Block of the chunk before this one, 0 at the end. Not cleared when that chunk is truncated away: it may be followed only while
    /// <see cref="OlderMaxTime"/> is not below the head's minimum time that the reader captured.
    /// </summary>
    public nint Older;

    /// <summary>Newest timestamp of the chunk before this one.</summary>
    public long OlderMaxTime;

    /// <summary>First timestamp.</summary>
    public long MinTime;

    /// <summary>Last timestamp less the first; set when the chunk is finished.</summary>
    public uint Span;

    /// <summary>Bytes of the chunk; set when it is finished.</summary>
    public ushort ByteLength;

    /// <summary>Bytes of the whole block as allocated.</summary>
    public ushort BlockBytes;

    /// <summary>Last timestamp of a finished chunk.</summary>
    public readonly long MaxTime => MinTime + Span;
}

/// <summary>Access to the native blocks of chunks. The caller guarantees that the block lives: it is the committer or holds a reader's registration.</summary>
internal static unsafe class ChunkBlock
{
    /// <summary>Block sizes of open chunks, header included; the last holds a chunk of Prometheus's 1,024 bytes.</summary>
    private static readonly ushort[] OpenSizes = [64, 96, 128, 192, 256, 384, 512, 768, 1056];

    /// <summary>The largest open block.</summary>
    public const int MaxOpenBytes = 1056;

    public static int FirstOpenBytes => OpenSizes[0];

    /// <summary>The size after the given one, 0 after the largest.</summary>
    public static int NextOpenBytes(int blockBytes)
    {
        foreach (ushort size in OpenSizes)
        {
            if (size > blockBytes) return size;
        }
        return 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ref ChunkHeader Header(nint block) => ref *(ChunkHeader*)block;

    /// <summary>All chunk bytes that the block has room for.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Span<byte> Room(nint block) => new((byte*)block + ChunkHeader.Bytes, Header(block).BlockBytes - ChunkHeader.Bytes);

    /// <summary>The first bytes of the chunk.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ReadOnlySpan<byte> Data(nint block, int bytes) => new((byte*)block + ChunkHeader.Bytes, bytes);
}
