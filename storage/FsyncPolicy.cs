namespace Streamline.Storage;

/// <summary>When WAL bytes are forced to the disk.</summary>
public enum FsyncPolicy
{
    /// <summary>When a segment is full and at the end.</summary>
    Never,

    /// <summary>Once a second.</summary>
    Interval,

    /// <summary>Before each commit returns.</summary>
    Commit,
}
