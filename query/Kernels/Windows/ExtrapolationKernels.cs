namespace Streamline.Query.Kernels.Windows;

/// <summary>Which of the three extrapolated functions a kernel is.</summary>
internal interface IExtrapolation
{
    /// <summary>Resets are added and the value cannot have been negative.</summary>
    static abstract bool IsCounter { get; }

    /// <summary>Divide by the range.</summary>
    static abstract bool IsRate { get; }
}

internal readonly struct RateFunction : IExtrapolation
{
    public static bool IsCounter => true;

    public static bool IsRate => true;
}

internal readonly struct IncreaseFunction : IExtrapolation
{
    public static bool IsCounter => true;

    public static bool IsRate => false;
}

internal readonly struct DeltaFunction : IExtrapolation
{
    public static bool IsCounter => false;

    public static bool IsRate => false;
}

/// <summary>
/// <c>rate</c>, <c>increase</c>, <c>delta</c>: the difference of first and last sample, stretched to the window's edges where samples probably went on
/// (promql/functions.go, extrapolatedRate). Resets are found once per series; a window adds those inside it, in order, so the sum is Prometheus's to the
/// last bit. (A running prefix sum would be one subtraction, but loses digits after large resets and everything after an infinity.)
/// </summary>
internal struct ExtrapolatedKernel<TFunction> : IWindowKernel where TFunction : struct, IExtrapolation
{
    // A gap to the window's edge of more than 1.1 average intervals means that the series began or ended inside the window.
    private const double GapFactor = 1.1;

    private int[] _resets;
    private int _resetCount;
    private int _firstReset;

    public void Begin(ReadOnlySpan<long> times, ReadOnlySpan<double> values)
    {
        _resetCount = _firstReset = 0;
        if (!TFunction.IsCounter) return;
        for (int i = 1; i < values.Length; i++)
        {
            if (values[i] < values[i - 1]) AddReset(i);
        }
    }

    public bool TryCompute(in Window window, out double result)
    {
        result = 0;
        int last = window.To - 1;
        if (window.Count < 2) return false;
        double first = window.AllValues[window.From];
        double difference = window.AllValues[last] - first;
        if (TFunction.IsCounter) difference = AddResets(window, difference);
        result = difference * Factor(window, first, difference);
        return true;
    }

    private static double Factor(in Window window, double first, double difference)
    {
        long firstMs = window.AllTimes[window.From], lastMs = window.AllTimes[window.To - 1];
        double sampled = (lastMs - firstMs) / 1000.0, average = sampled / (window.Count - 1), threshold = average * GapFactor;
        double toStart = (firstMs - window.StartMs) / 1000.0, toEnd = (window.EndMs - lastMs) / 1000.0;
        if (toStart >= threshold) toStart = average / 2;
        if (TFunction.IsCounter)
        {
            double toZero = difference > 0 && first >= 0 ? sampled * (first / difference) : toStart;
            if (toZero < toStart) toStart = toZero;
        }
        if (toEnd >= threshold) toEnd = average / 2;
        double factor = (sampled + toStart + toEnd) / sampled;
        return TFunction.IsRate ? factor / ((window.EndMs - window.StartMs) / 1000.0) : factor;
    }

    private double AddResets(in Window window, double difference)
    {
        while (_firstReset < _resetCount && _resets[_firstReset] <= window.From) _firstReset++;
        for (int i = _firstReset; i < _resetCount && _resets[i] < window.To; i++) difference += window.AllValues[_resets[i] - 1];
        return difference;
    }

    private void AddReset(int index)
    {
        _resets ??= new int[16];
        if (_resetCount == _resets.Length) Array.Resize(ref _resets, _resetCount * 2);
        _resets[_resetCount++] = index;
    }
}
