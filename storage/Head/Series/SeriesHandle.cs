namespace Streamline.Storage;

/// <summary>
/// A resolved series: its slot in the head and its WAL reference. References rise and are never reused, so a handle kept too long
/// is told from its slot's next tenant by a comparison of <see cref="Ref"/>.
/// </summary>
public readonly record struct SeriesHandle(int Slot, ulong Ref)
{
    /// <summary>No series.</summary>
    public static SeriesHandle None => default;

    /// <summary>True for <see cref="None"/>: references start at 1.</summary>
    public bool IsNone => Ref == 0;
}
