using Streamline.Query.Engine;
using Streamline.Query.Kernels.Windows;

namespace Streamline.Query.Operators;

/// <summary>Counts the samples of a series that the windows of a range function have seen.</summary>
internal static class WindowCount
{
    /// <summary>
    /// Adds one series: <paramref name="seen"/> is the sum over its windows. The points of a subquery are seen but not read: its inner part has read.
    /// </summary>
    public static void Add(SampleMeter meter, in WindowGrid windows, ReadOnlySpan<long> times, long seen, bool reads)
    {
        if (seen == 0) return;
        if (meter.IsPerStep) AddByStep(meter, windows, times, reads);
        else meter.Count(seen, reads ? Distinct(windows, times, seen) : 0);
    }

    /// <summary>Samples in any window: windows that touch are one stretch.</summary>
    private static long Distinct(in WindowGrid windows, ReadOnlySpan<long> times, long seen)
    {
        if (windows.Steps.Count == 1 || (windows.Shift.PinnedMs is null && windows.Steps.StepMs >= windows.RangeMs)) return seen;
        return FirstAfter(times, windows.LastEndMs) - FirstAfter(times, windows.FirstEndMs - windows.RangeMs);
    }

    private static int FirstAfter(ReadOnlySpan<long> times, long timeMs)
    {
        int at = times.BinarySearch(timeMs);
        return at >= 0 ? at + 1 : ~at;
    }

    private static void AddByStep(SampleMeter meter, in WindowGrid windows, ReadOnlySpan<long> times, bool reads)
    {
        int from = 0, to = 0, known = 0;
        for (int step = 0; step < windows.Steps.Count; step++)
        {
            long end = windows.Shift.Apply(windows.Steps.TimeAt(step));
            while (to < times.Length && times[to] <= end) to++;
            while (from < to && times[from] <= end - windows.RangeMs) from++;
            if (to > from) meter.CountAt(step, to - from, reads ? to - Math.Max(from, known) : 0);
            known = to;
        }
    }
}
