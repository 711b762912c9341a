namespace Streamline.Pipeline.Stages;

/// <summary>Why a series is not stored; kept in its route, so that the reason is found once and counted per sample.</summary>
internal enum DropReason
{
    /// <summary>It is stored.</summary>
    None,

    /// <summary>A relabel rule dropped it.</summary>
    Relabel,

    /// <summary>A limit stage does not admit it.</summary>
    Limit,
}
