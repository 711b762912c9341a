namespace Streamline.Storage.Tests.Files;

/// <summary>What a file operation does instead of what it was asked for.</summary>
internal enum Fault
{
    /// <summary>The process dies before the operation: it and all later ones change nothing.</summary>
    KillBefore,

    /// <summary>The process dies in the operation: a write leaves the first half of its bytes.</summary>
    KillDuring,

    /// <summary>The process dies right behind the operation, before it can be told of it.</summary>
    KillAfter,

    /// <summary>ENOSPC; a write leaves the first half of its bytes. Lasts until <see cref="FailingFiles.Heal"/>.</summary>
    NoSpace,

    /// <summary>EIO. Lasts until <see cref="FailingFiles.Heal"/>.</summary>
    InputOutput,

    /// <summary>EIO, once.</summary>
    InputOutputOnce,
}

/// <summary>What the disk keeps of that which was not forced to it.</summary>
internal enum PowerLoss
{
    /// <summary>Nothing: writes and names since the last sync are undone.</summary>
    LosesAll,

    /// <summary>Of each file the first half of the bytes written; names are undone.</summary>
    TearsWrites,

    /// <summary>The length but not the bytes, which are zeros; names are kept.</summary>
    LeavesZeros,
}
