namespace Streamline.Storage;

/// <summary>Why a sample was refused. Normal refusals are counted, never thrown. Values index <see cref="CommitResult"/>'s counters.</summary>
public enum RejectReason
{
    /// <summary>Older than the series' newest sample.</summary>
    OutOfOrder,

    /// <summary>Same timestamp as the series' newest sample, other value.</summary>
    Duplicate,

    /// <summary>Outside the head's accepted time range: below its minimum valid time.</summary>
    OutOfBounds,

    /// <summary>Older than the out-of-order window.</summary>
    TooOld,

    /// <summary>The handle's series has left the head; the source resolves it again.</summary>
    StaleHandle,

    /// <summary>A limit stage refused it.</summary>
    Limit,

    /// <summary>A stage dropped it on purpose.</summary>
    Dropped,

    /// <summary>The write-ahead log could not be written (disk full, I/O error).</summary>
    Storage,

    /// <summary>A native histogram whose parts do not fit each other, or that is too large for a chunk.</summary>
    Invalid,
}
