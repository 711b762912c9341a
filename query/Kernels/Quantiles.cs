namespace Streamline.Query.Kernels;

/// <summary>The quantile of a set of values, interpolated linearly between neighbours (promql/quantile.go).</summary>
internal static class Quantiles
{
    /// <summary>Sorts <paramref name="values"/> in place, NaN first, and picks the quantile.</summary>
    public static double Of(double q, Span<double> values)
    {
        if (values.IsEmpty) return double.NaN;
        if (IsWithoutValues(q, out double result)) return result;
        values.Sort();
        return OfSorted(q, values);
    }

    /// <summary>Whether a parameter has the same result for all values.</summary>
    public static bool IsWithoutValues(double q, out double result)
    {
        result = double.IsNaN(q) ? double.NaN : q < 0 ? double.NegativeInfinity : double.PositiveInfinity;
        return IsOutOfRange(q);
    }

    /// <summary>Picks the quantile, of 0 to 1, of values in order, at least one.</summary>
    public static double OfSorted(double q, ReadOnlySpan<double> values)
    {
        double rank = q * (values.Length - 1), floor = Math.Floor(rank);
        int lower = Math.Max(0, (int)floor), upper = Math.Min(values.Length - 1, lower + 1);
        double weight = rank - floor;
        return (values[lower] * (1 - weight)) + (values[upper] * weight);
    }

    /// <summary>Whether a parameter earns the warning about quantiles.</summary>
    public static bool IsOutOfRange(double q) => double.IsNaN(q) || q < 0 || q > 1;
}
