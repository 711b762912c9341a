using Streamline.Query.Operators;
using Streamline.Query.Plan;

namespace Streamline.Query.Kernels.Windows;

/// <summary>Where the windows of a range selector lie: one per step of the query's grid.</summary>
internal readonly record struct WindowGrid(StepGrid Steps, TimeShift Shift, long RangeMs)
{
    private const long LikelyIntervalMs = 15_000;

    /// <summary>How far beyond its edges a window may look, for extended range selectors.</summary>
    public long ReachMs { get; init; }

    /// <summary>Ends a slide in the middle of a series: one series may keep a kernel busy for minutes.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>End of the first window, inside it.</summary>
    public long FirstEndMs => Shift.Apply(Steps.StartMs);

    /// <summary>End of the last window.</summary>
    public long LastEndMs => Shift.Apply(Steps.TimeAt(Steps.Count - 1));

    /// <summary>Samples of a series that is scraped as often as most are.</summary>
    public long LikelySamples => Steps.Count == 0 ? 0 : (LastEndMs - FirstEndMs + RangeMs) / LikelyIntervalMs;
}

/// <summary>Slides windows over the columns of a series. Hot path: both edges only move forward, nothing is allocated once the places have grown.</summary>
internal static class WindowSlide
{
    // The slowest kernels sort their window: some tens of milliseconds for so many samples.
    private const long SamplesPerCheck = 1 << 18;

    /// <summary>Fills one output column; <paramref name="parameters"/> has a value per step or is empty. Gives the samples seen, summed over the windows.</summary>
    public static long Run<TKernel>(
        ref TKernel kernel, WindowPlaces places, ReadOnlySpan<long> times, ReadOnlySpan<double> values, ReadOnlySpan<double> parameters, SeriesColumn target,
        ReadOnlySpan<double> secondParameters = default)
        where TKernel : struct, IWindowKernel
    {
        target.Clear();
        if (times.IsEmpty) return 0;
        places.Find(times);
        kernel.Begin(times, values);
        if (!TKernel.TakesColumns || !kernel.TryComputeColumn(places, times, values, target)) RunSteps(ref kernel, places, times, values, parameters, target, secondParameters);
        return places.Seen;
    }

    private static void RunSteps<TKernel>(
        ref TKernel kernel, WindowPlaces places, ReadOnlySpan<long> times, ReadOnlySpan<double> values, ReadOnlySpan<double> parameters, SeriesColumn target,
        ReadOnlySpan<double> secondParameters)
        where TKernel : struct, IWindowKernel
    {
        ref readonly WindowGrid grid = ref places.Grid;
        var window = new Window { AllTimes = times, AllValues = values, ReachMs = grid.ReachMs };
        ReadOnlySpan<int> from = places.From, to = places.To;
        long seen = 0, nextCheck = SamplesPerCheck;
        for (int step = 0; step < grid.Steps.Count; step++)
        {
            window.From = from[step];
            window.To = to[step];
            if (window.Count == 0 && !TKernel.TakesEmptyWindows) continue;
            window.EvaluationMs = grid.Steps.TimeAt(step);
            window.EndMs = grid.Shift.Apply(window.EvaluationMs);
            window.StartMs = window.EndMs - grid.RangeMs;
            seen += window.Count;
            if (seen >= nextCheck)
            {
                grid.Cancellation.ThrowIfCancellationRequested();
                nextCheck = seen + SamplesPerCheck;
            }
            if (!parameters.IsEmpty) window.Parameter = parameters[step];
            if (!secondParameters.IsEmpty) window.SecondParameter = secondParameters[step];
            if (kernel.TryCompute(window, out double result)) target.Set(step, result);
        }
    }
}
