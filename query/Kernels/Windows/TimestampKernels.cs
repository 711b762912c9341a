namespace Streamline.Query.Kernels.Windows;

/// <summary>Which sample of a window <c>ts_of_*_over_time</c> reports the time of.</summary>
internal interface ISamplePick
{
    /// <summary>Position of the sample; there is at least one.</summary>
    static abstract int Of(ReadOnlySpan<double> values);
}

internal readonly struct FirstPick : ISamplePick
{
    public static int Of(ReadOnlySpan<double> values) => 0;
}

internal readonly struct LastPick : ISamplePick
{
    public static int Of(ReadOnlySpan<double> values) => values.Length - 1;
}

/// <summary>The latest of equal minima.</summary>
internal readonly struct MinPick : ISamplePick
{
    public static int Of(ReadOnlySpan<double> values)
    {
        int best = 0;
        for (int i = 1; i < values.Length; i++)
        {
            if (values[i] <= values[best] || double.IsNaN(values[best])) best = i;
        }
        return best;
    }
}

/// <summary>The latest of equal maxima.</summary>
internal readonly struct MaxPick : ISamplePick
{
    public static int Of(ReadOnlySpan<double> values)
    {
        int best = 0;
        for (int i = 1; i < values.Length; i++)
        {
            if (values[i] >= values[best] || double.IsNaN(values[best])) best = i;
        }
        return best;
    }
}

/// <summary><c>ts_of_*_over_time</c>: a sample's time in seconds.</summary>
internal struct TimestampKernel<TPick> : IWindowKernel where TPick : struct, ISamplePick
{
    public readonly void Begin(ReadOnlySpan<long> times, ReadOnlySpan<double> values) { }

    public readonly bool TryCompute(in Window window, out double result)
    {
        result = window.Times[TPick.Of(window.Values)] / 1000.0;
        return true;
    }
}

/// <summary><c>mad_over_time</c>: median of the distances to the median; NaN as soon as one value is.</summary>
internal struct MadKernel : IWindowKernel
{
    private double[] _scratch;

    public void Begin(ReadOnlySpan<long> times, ReadOnlySpan<double> values)
    {
        if (_scratch is null || _scratch.Length < values.Length) _scratch = new double[Math.Max(64, values.Length)];
    }

    public readonly bool TryCompute(in Window window, out double result)
    {
        Span<double> values = _scratch.AsSpan(0, window.Count);
        window.Values.CopyTo(values);
        double median = Quantiles.Of(0.5, values);
        // Sorted, NaN stands first.
        if (double.IsNaN(values[0]))
        {
            result = double.NaN;
            return true;
        }
        for (int i = 0; i < values.Length; i++) values[i] = Math.Abs(values[i] - median);
        result = Quantiles.Of(0.5, values);
        return true;
    }
}
