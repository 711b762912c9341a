namespace Streamline.Query.Histograms;

/// <summary>What was remarkable when two histograms were combined.</summary>
[Flags]
internal enum MergeNotes
{
    None = 0,

    /// <summary>One says that it began anew, the other that it did not.</summary>
    ResetCollision = 1,

    /// <summary>Custom bounds differed: only those that both have are left.</summary>
    BoundsReconciled = 2,

    /// <summary>One has custom buckets, the other exponential ones: nothing was done.</summary>
    Incompatible = 4,
}
