namespace Streamline.Query.Kernels;

/// <summary>Least squares over the samples of a window, compensated; x is seconds from a reference time.</summary>
internal static class LinearRegression
{
    /// <summary>Slope per second and value at <paramref name="referenceMs"/>. A constant series is answered without arithmetic.</summary>
    public static (double Slope, double Intercept) Of(ReadOnlySpan<long> times, ReadOnlySpan<double> values, long referenceMs)
    {
        if (values.IndexOfAnyExcept(values[0]) < 0 && !double.IsNaN(values[0]))
            return double.IsInfinity(values[0]) ? (double.NaN, double.NaN) : (0, values[0]);
        double x = 0, xc = 0, y = 0, yc = 0, xy = 0, xyc = 0, xx = 0, xxc = 0;
        for (int i = 0; i < times.Length; i++)
        {
            double seconds = (times[i] - referenceMs) / 1e3;
            CompensatedSum.Add(seconds, ref x, ref xc);
            CompensatedSum.Add(values[i], ref y, ref yc);
            CompensatedSum.Add(seconds * values[i], ref xy, ref xyc);
            CompensatedSum.Add(seconds * seconds, ref xx, ref xxc);
        }
        double n = times.Length;
        x += xc;
        y += yc;
        double covariance = xy + xyc - (x * y / n);
        double slope = covariance / (xx + xxc - (x * x / n));
        return (slope, (y / n) - (slope * x / n));
    }
}
