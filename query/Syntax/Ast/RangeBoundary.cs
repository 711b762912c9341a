namespace Streamline.Query.Syntax;

/// <summary>How samples at the boundaries of a range are found.</summary>
public enum RangeBoundary
{
    /// <summary>Samples inside the range only.</summary>
    Plain,

    /// <summary><c>anchored</c>: the last sample before each boundary counts as one at the boundary.</summary>
    Anchored,

    /// <summary><c>smoothed</c>: values at the boundaries are interpolated.</summary>
    Smoothed,
}
