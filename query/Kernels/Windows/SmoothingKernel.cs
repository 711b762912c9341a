using System.Globalization;

namespace Streamline.Query.Kernels.Windows;

/// <summary><c>double_exponential_smoothing</c>: Holt's linear trend. The factors come as the whole window's parameters.</summary>
internal struct SmoothingKernel : IWindowKernel
{
    public readonly void Begin(ReadOnlySpan<long> times, ReadOnlySpan<double> values) { }

    public readonly bool TryCompute(in Window window, out double result)
    {
        double smoothing = window.Parameter, trendFactor = window.SecondParameter;
        Check("smoothing factor", "sf", smoothing);
        Check("trend factor", "tf", trendFactor);
        result = 0;
        if (window.Count < 2) return false;
        ReadOnlySpan<double> values = window.Values;
        double level = values[0], trend = values[1] - values[0];
        for (int i = 1; i < values.Length; i++)
        {
            double next = (smoothing * values[i]) + ((1 - smoothing) * (level + trend));
            trend = (trendFactor * (next - level)) + ((1 - trendFactor) * trend);
            level = next;
        }
        result = level;
        return true;
    }

    private static void Check(string what, string name, double factor)
    {
        if (factor is > 0 and < 1) return;
        string text = factor.ToString("F6", CultureInfo.InvariantCulture);
        throw new QueryException(QueryErrorKind.Execution, $"invalid {what}. Expected: 0 < {name} < 1, got: {text}");
    }
}
