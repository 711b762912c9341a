using System.Runtime.InteropServices;

namespace Streamline.Storage.Encoding;

/// <summary>
/// What an appender must remember between two samples of one open chunk: 32 bytes, kept by the caller beside the chunk's memory. A new chunk starts from
/// <see cref="Empty"/>; a chunk read from disk from <see cref="XorChunk.TryResume"/>.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal struct XorState
{
    /// <summary>Value of <see cref="Leading"/> while no window of meaningful bits has been written.</summary>
    public const byte NoWindow = 0xFF;

    /// <summary>Timestamp of the last sample.</summary>
    public long Timestamp;

    /// <summary>Last timestamp less the one before it, modulo 2^64.</summary>
    public ulong Delta;

    /// <summary>Bits of the last value.</summary>
    public ulong ValueBits;

    /// <summary>Bits in use, the header's 16 included; 0 before the first sample.</summary>
    public int BitLength;

    /// <summary>Samples in the chunk.</summary>
    public ushort Count;

    /// <summary>Zero bits in front of the current window, at most 31, or <see cref="NoWindow"/>.</summary>
    public byte Leading;

    /// <summary>Zero bits behind the current window.</summary>
    public byte Trailing;

    public static XorState Empty => new() { Leading = NoWindow };

    /// <summary>Whether leading and trailing zeros are such as there can be.</summary>
    public readonly bool HasWindow => Leading == NoWindow || (Leading < 32 && Leading + Trailing < 64);

    /// <summary>Bytes of the chunk as it stands.</summary>
    public readonly int ByteLength => BitLength + 7 >> 3;
}
