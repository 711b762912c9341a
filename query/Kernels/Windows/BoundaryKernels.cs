namespace Streamline.Query.Kernels.Windows;

/// <summary>
/// <c>rate</c>, <c>increase</c>, <c>delta</c> of an <c>anchored</c> range: from the last sample at or before the window's start, or else the first inside,
/// to the last sample inside; nothing is extrapolated.
/// </summary>
internal readonly struct AnchoredKernel<TFunction> : IWindowKernel where TFunction : struct, IExtrapolation
{
    public void Begin(ReadOnlySpan<long> times, ReadOnlySpan<double> values) { }

    public bool TryCompute(in Window window, out double result)
    {
        ReadOnlySpan<double> values = window.AllValues;
        int first = window.HasBefore ? window.From - 1 : window.From;
        result = values[window.To - 1] - values[first];
        for (int i = first + 1; TFunction.IsCounter && i < window.To; i++)
        {
            if (values[i] < values[i - 1]) result += values[i - 1];
        }
        if (TFunction.IsRate) result /= (window.EndMs - window.StartMs) / 1000.0;
        return true;
    }
}

/// <summary><c>changes</c> and <c>resets</c> of an <c>anchored</c> range: the last sample at or before the start counts as the first.</summary>
internal readonly struct AnchoredTransitionKernel<TTransition> : IWindowKernel where TTransition : struct, ITransition
{
    public void Begin(ReadOnlySpan<long> times, ReadOnlySpan<double> values) { }

    public bool TryCompute(in Window window, out double result)
    {
        result = 0;
        for (int i = window.HasBefore ? window.From : window.From + 1; i < window.To; i++)
        {
            if (TTransition.Counts(window.AllValues[i - 1], window.AllValues[i])) result++;
        }
        return true;
    }
}

/// <summary>
/// <c>rate</c>, <c>increase</c>, <c>delta</c> of a <c>smoothed</c> range: values at both edges are interpolated between their neighbours; where there is
/// none beyond an edge, the outermost sample inside stands for it. A counter that was reset between the neighbours began again at 0.
/// </summary>
internal readonly struct SmoothedKernel<TFunction> : IWindowKernel where TFunction : struct, IExtrapolation
{
    public static bool TakesEmptyWindows => true;

    public void Begin(ReadOnlySpan<long> times, ReadOnlySpan<double> values) { }

    public bool TryCompute(in Window window, out double result)
    {
        result = 0;
        bool before = window.HasBefore, after = window.HasAfter;
        if (window.Count == 0 && !(before && after)) return false;
        double left = before ? At(window, window.From - 1, window.From, window.StartMs) : window.AllValues[window.From];
        double right = after ? At(window, window.To - 1, window.To, window.EndMs) : window.AllValues[window.To - 1];
        result = right - left;
        if (TFunction.IsCounter) result += Resets(window, left, right);
        if (TFunction.IsRate) result /= (window.EndMs - window.StartMs) / 1000.0;
        return true;
    }

    private static double Resets(in Window window, double left, double right)
    {
        double added = 0, previous = left;
        for (int i = window.From; i < window.To; i++)
        {
            if (window.AllValues[i] < previous) added += previous;
            previous = window.AllValues[i];
        }
        return right < previous ? added + previous : added;
    }

    private static double At(in Window window, int earlier, int later, long timeMs)
    {
        double from = window.AllValues[earlier], to = window.AllValues[later];
        if (window.AllTimes[earlier] == timeMs) return from;
        if (TFunction.IsCounter && to < from) from = 0;
        return Interpolation.At(window.AllTimes[earlier], from, window.AllTimes[later], to, timeMs);
    }
}

/// <summary>The straight line between two samples.</summary>
internal static class Interpolation
{
    /// <summary>Its value at a time between them.</summary>
    public static double At(long firstMs, double first, long secondMs, double second, long timeMs) =>
        first + ((second - first) * ((timeMs - firstMs) / (double)(secondMs - firstMs)));
}

/// <summary>What stands for a gauge at the edges of an extended range: the sample there or the nearest, or the line between its neighbours.</summary>
internal static class RangeEdges
{
    /// <summary>At the start.</summary>
    public static double Left(in Window window, bool smoothed)
    {
        if (!window.HasBefore) return window.AllValues[window.From];
        return smoothed && window.From < window.AllTimes.Length ? At(window, window.From - 1, window.StartMs) : window.AllValues[window.From - 1];
    }

    /// <summary>At the end.</summary>
    public static double Right(in Window window, bool smoothed)
    {
        if (!smoothed || !window.HasAfter) return window.AllValues[window.To - 1];
        return window.Count > 0 || window.HasBefore ? At(window, window.To - 1, window.EndMs) : window.AllValues[window.To];
    }

    private static double At(in Window window, int earlier, long timeMs) => window.AllTimes[earlier] == timeMs
        ? window.AllValues[earlier]
        : Interpolation.At(window.AllTimes[earlier], window.AllValues[earlier], window.AllTimes[earlier + 1], window.AllValues[earlier + 1], timeMs);
}
