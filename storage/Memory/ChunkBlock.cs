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

    /// <summary>Bytes of the chunk; set when it is finished. 0 when it has been written out: the block then is a <see cref="MappedChunk"/>, which says it.</summary>
    public ushort ByteLength;

    // Bytes of the block, a multiple of 16, in the upper bits; the kind of the chunk in the lower four.
    private ushort _block;

    /// <summary>Bytes of the whole block as allocated.</summary>
    public int BlockBytes
    {
        readonly get => _block & ~KindMask;
        set => _block = (ushort)(value | (_block & KindMask));
    }

    /// <summary>The chunk's encoding as in chunk files: 1 XOR, 2 histograms, 3 float histograms; at most 7.</summary>
    public byte Encoding
    {
        readonly get => (byte)(_block & EncodingMask);
        set => _block = (ushort)((_block & ~EncodingMask) | value);
    }

    /// <summary>The chunk's bytes are in a head chunk file, the block is a <see cref="MappedChunk"/>.</summary>
    public bool IsMapped
    {
        readonly get => (_block & MappedBit) != 0;
        set => _block = (ushort)(value ? _block | MappedBit : _block & ~MappedBit);
    }

    private const int KindMask = 15, EncodingMask = 7, MappedBit = 8;

    /// <summary>Last timestamp of a finished chunk.</summary>
    public readonly long MaxTime => MinTime + Span;
}

/// <summary>What stays in memory of a chunk that has been written to a head chunk file: it takes its place in the list of the series.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct MappedChunk
{
    /// <summary>Bytes of the block.</summary>
    public const int Bytes = 48;

    /// <summary>As of every chunk.</summary>
    public ChunkHeader Header;

    /// <summary>Where it is: file number in the upper, offset in the lower half.</summary>
    public ulong Ref;

    /// <summary>Bytes of the chunk.</summary>
    public int DataBytes;

    /// <summary>Samples in it.</summary>
    public ushort Count;
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

    /// <summary>The whole block of a chunk whose header says that it has been written out.</summary>
    public static ref MappedChunk Mapped(nint block) => ref *(MappedChunk*)block;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ref ChunkHeader Header(nint block) => ref *(ChunkHeader*)block;

    /// <summary>The first bytes of a block, header and all.</summary>
    public static Span<byte> Raw(nint block, int bytes) => new((byte*)block, bytes);

    /// <summary>All chunk bytes that the block has room for.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Span<byte> Room(nint block) => new((byte*)block + ChunkHeader.Bytes, Header(block).BlockBytes - ChunkHeader.Bytes);

    /// <summary>The first bytes of the chunk.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ReadOnlySpan<byte> Data(nint block, int bytes) => new((byte*)block + ChunkHeader.Bytes, bytes);
}
