namespace Streamline.Query.Kernels;

/// <summary>Places where Go's math differs from .NET's and Prometheus's results show it.</summary>
internal static class GoMath
{
    /// <summary>Go's math.Max: +Inf wins over NaN.</summary>
    public static double Max(double a, double b) =>
        double.IsPositiveInfinity(a) || double.IsPositiveInfinity(b) ? double.PositiveInfinity : Math.Max(a, b);

    /// <summary>Go's math.Min: -Inf wins over NaN.</summary>
    public static double Min(double a, double b) =>
        double.IsNegativeInfinity(a) || double.IsNegativeInfinity(b) ? double.NegativeInfinity : Math.Min(a, b);

    /// <summary><c>round(v, to)</c>: half goes up, and the division is by the inverse so that 0.1 gives 0.1 steps exactly as in Prometheus.</summary>
    public static double Round(double value, double toNearest)
    {
        double inverse = 1.0 / toNearest;
        return Math.Floor((value * inverse) + 0.5) / inverse;
    }
}
