namespace Streamline.Query.Kernels.Windows;

/// <summary><c>deriv</c>: slope of the least-squares line.</summary>
internal struct DerivKernel : IWindowKernel
{
    public readonly void Begin(ReadOnlySpan<long> times, ReadOnlySpan<double> values) { }

    public readonly bool TryCompute(in Window window, out double result)
    {
        result = 0;
        if (window.Count < 2) return false;
        result = LinearRegression.Of(window.Times, window.Values, window.AllTimes[window.From]).Slope;
        return true;
    }
}

/// <summary><c>predict_linear</c>: the line's value so many seconds after the evaluation time, which <c>offset</c> and <c>@</c> do not move.</summary>
internal struct PredictLinearKernel : IWindowKernel
{
    public readonly void Begin(ReadOnlySpan<long> times, ReadOnlySpan<double> values) { }

    public readonly bool TryCompute(in Window window, out double result)
    {
        result = 0;
        if (window.Count < 2) return false;
        var (slope, intercept) = LinearRegression.Of(window.Times, window.Values, window.EvaluationMs);
        result = (slope * window.Parameter) + intercept;
        return true;
    }
}
