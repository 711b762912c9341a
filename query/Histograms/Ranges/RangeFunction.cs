namespace Streamline.Query.Histograms.Ranges;

/// <summary>
/// A range function over windows with histograms or start timestamps; windows of plain floats have kernels of their own. Keeps scratch: one for each thread.
/// </summary>
internal abstract class RangeFunction
{
    /// <summary>Finds resets between histograms.</summary>
    protected HistogramResets Resets { get; } = new();

    /// <summary>The value of a window, which has at least one sample.</summary>
    public abstract MixedResult Compute(in MixedWindow window, RangeNotes notes);
}

/// <summary>What start timestamps say about resets.</summary>
internal static class StartTimestamps
{
    /// <summary>
    /// Whether the counter began anew between two samples. A start at the very time of the sample before is that of a delta, which is a reset, unless the
    /// sample before does not know when it began.
    /// </summary>
    public static bool IsReset(ReadOnlySpan<long> starts, ReadOnlySpan<long> times, int index) =>
        index < starts.Length && index > 0 && IsReset(starts[index - 1], times[index - 1], starts[index], times[index]);

    /// <summary>The same for two samples.</summary>
    public static bool IsReset(long startBefore, long timeBefore, long start, long time)
    {
        if (start == 0 || start >= time || start < timeBefore) return false;
        return start > timeBefore || (startBefore <= timeBefore && startBefore != 0 && startBefore != timeBefore);
    }

    /// <summary>Whether a sample claims to have begun before the sample before it was taken, though not with it.</summary>
    public static bool Overlaps(ReadOnlySpan<long> starts, ReadOnlySpan<long> times, int index) =>
        index < starts.Length && index > 0 && starts[index] != 0 && starts[index] < times[index - 1] && starts[index] != starts[index - 1];
}
