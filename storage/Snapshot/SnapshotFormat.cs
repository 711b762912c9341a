namespace Streamline.Storage.Snapshot;

/// <summary>Numbers of the snapshot file (docs/snapshot.md).</summary>
internal static class SnapshotFormat
{
    /// <summary>What is written, and the only one read: a file of another version is put aside.</summary>
    public const int Version = 2;

    /// <summary>"SLHEAD" and the version of the format.</summary>
    public const ulong Magic = (ulong)Version << 48 | 0x4441_4548_4C53;

    /// <summary>Ends the file: what lies before it is whole.</summary>
    public const ulong End = 0x444E_4548_4C53_0001;

    /// <summary>Length and checksum.</summary>
    public const int FrameHeaderBytes = 8;

    /// <summary>Series and label values are gathered to frames of this size.</summary>
    public const int FrameBytes = 256 << 10;

    /// <summary>A series without chunks takes as much: it bounds what a broken number can make us allocate.</summary>
    public const int LeastSeriesBytes = 80;

    /// <summary>A frame larger than this is damage: it bounds what a broken length can make us allocate.</summary>
    public const int MostFrameBytes = 512 << 20;
}
