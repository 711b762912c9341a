using Streamline.Query.Engine;
using Streamline.Query.Kernels.Windows;

namespace Streamline.Query.Operators;

/// <summary>Counts the samples of a series that the windows of a range function have seen.</summary>
internal static class WindowCount
{
    /// <summary>
    /// Adds one series: <paramref name="seen"/> is the sum over its windows. The points of a subquery are seen but not read: its inner part has read.
    /// </summary>
    public static void Add(SampleMeter meter, WindowPlaces places, long seen, bool reads)
    {
        if (seen == 0) return;
        if (meter.IsPerStep) AddByStep(meter, places, reads);
        else meter.Count(seen, reads ? Distinct(places, seen) : 0);
    }

    /// <summary>Samples in any window: windows that touch are one stretch.</summary>
    private static long Distinct(WindowPlaces places, long seen)
    {
        ref readonly WindowGrid windows = ref places.Grid;
        bool apart = windows.Steps.Count == 1 || (windows.Shift.PinnedMs is null && windows.Steps.StepMs >= windows.RangeMs);
        return apart ? seen : places.To[^1] - places.From[0];
    }

    private static void AddByStep(SampleMeter meter, WindowPlaces places, bool reads)
    {
        int known = 0;
        for (int step = 0; step < places.To.Length; step++)
        {
            int from = places.From[step], to = places.To[step];
            if (to > from) meter.CountAt(step, to - from, reads ? to - Math.Max(from, known) : 0);
            known = to;
        }
    }
}
