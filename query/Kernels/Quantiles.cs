namespace Streamline.Query.Kernels;

/// <summary>The quantile of a set of values, interpolated linearly between neighbours (promql/quantile.go).</summary>
internal static class Quantiles
{
    /// <summary>Sorts <paramref name="values"/> in place, NaN first, and picks the quantile.</summary>
    public static double Of(double q, Span<double> values)
    {
        if (values.IsEmpty || double.IsNaN(q)) return double.NaN;
        if (q < 0) return double.NegativeInfinity;
        if (q > 1) return double.PositiveInfinity;
        values.Sort();
        double rank = q * (values.Length - 1), floor = Math.Floor(rank);
        int lower = Math.Max(0, (int)floor), upper = Math.Min(values.Length - 1, lower + 1);
        double weight = rank - floor;
        return (values[lower] * (1 - weight)) + (values[upper] * weight);
    }

    /// <summary>Whether a parameter earns the warning about quantiles.</summary>
    public static bool IsOutOfRange(double q) => double.IsNaN(q) || q < 0 || q > 1;
}
