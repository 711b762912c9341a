namespace Streamline.Query.Kernels.Windows;

/// <summary>A reduction of the values of one window.</summary>
internal interface IReduction
{
    /// <summary>Reduces; there is at least one value.</summary>
    static abstract double Of(ReadOnlySpan<double> values);
}

/// <summary>The <c>_over_time</c> functions that look at all values of a window.</summary>
internal struct ReductionKernel<TReduction> : IWindowKernel where TReduction : struct, IReduction
{
    public readonly void Begin(ReadOnlySpan<long> times, ReadOnlySpan<double> values) { }

    public readonly bool TryCompute(in Window window, out double result)
    {
        result = TReduction.Of(window.Values);
        return true;
    }
}

internal readonly struct SumReduction : IReduction
{
    public static double Of(ReadOnlySpan<double> values)
    {
        double sum = 0, compensation = 0;
        if (CompensatedSum.TryAddAll(values, ref sum, ref compensation)) return sum + compensation;
        (sum, compensation) = (0, 0);
        foreach (double value in values) CompensatedSum.Add(value, ref sum, ref compensation);
        return double.IsInfinity(sum) ? sum : sum + compensation;
    }
}

internal readonly struct AvgReduction : IReduction
{
    public static double Of(ReadOnlySpan<double> values)
    {
        // A mean that never overflows is its sum divided at the end.
        double sum = values[0], compensation = 0;
        if (CompensatedSum.TryAddAll(values[1..], ref sum, ref compensation)) return RunningMean.Result(sum, compensation, values.Length);
        RunningMean.First(values[0], out sum, out compensation, out double count);
        foreach (double value in values[1..]) RunningMean.Add(value, ref sum, ref compensation, ref count);
        return RunningMean.Result(sum, compensation, count);
    }
}

internal readonly struct MinReduction : IReduction
{
    public static double Of(ReadOnlySpan<double> values)
    {
        double min = values[0];
        foreach (double value in values)
        {
            if (value < min || double.IsNaN(min)) min = value;
        }
        return min;
    }
}

internal readonly struct MaxReduction : IReduction
{
    public static double Of(ReadOnlySpan<double> values)
    {
        double max = values[0];
        foreach (double value in values)
        {
            if (value > max || double.IsNaN(max)) max = value;
        }
        return max;
    }
}

internal readonly struct CountReduction : IReduction
{
    public static double Of(ReadOnlySpan<double> values) => values.Length;
}

internal readonly struct LastReduction : IReduction
{
    public static double Of(ReadOnlySpan<double> values) => values[^1];
}

internal readonly struct FirstReduction : IReduction
{
    public static double Of(ReadOnlySpan<double> values) => values[0];
}

internal readonly struct PresentReduction : IReduction
{
    public static double Of(ReadOnlySpan<double> values) => 1;
}

internal readonly struct StddevReduction : IReduction
{
    public static double Of(ReadOnlySpan<double> values) => Math.Sqrt(StdvarReduction.Of(values));
}

internal readonly struct StdvarReduction : IReduction
{
    public static double Of(ReadOnlySpan<double> values) => Variance.Of(values);
}
