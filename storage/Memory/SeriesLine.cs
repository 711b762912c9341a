using System.Runtime.InteropServices;
using Streamline.Storage.Encoding;

namespace Streamline.Storage.Memory;

/// <summary>The hot state of a series, one cache line. Written by the committer only, but for <see cref="Ref"/> and <see cref="Touched"/> at creation and use.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SeriesLine
{
    /// <summary>Bytes of a line.</summary>
    public const int Bytes = 64;

    /// <summary>WAL reference of the tenant; 0 while the slot is free.</summary>
    public ulong Ref;

    /// <summary>The newest chunk, still open; 0 without samples.</summary>
    public nint Chunk;

    /// <summary>Where the open chunk stands. Timestamp and value are those of the newest sample, <see cref="long.MinValue"/> before the first.</summary>
    public XorState State;

    /// <summary>A sample at or after this time starts the next chunk.</summary>
    public long NextCut;

    /// <summary>Low bits of the last commit that wrote here.</summary>
    public uint CommitId;

    /// <summary>Not 0: in use since the last truncation, which spares it once.</summary>
    public uint Touched;
}
