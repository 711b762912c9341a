using System.Numerics;

namespace Streamline.Query.Kernels;

/// <summary>Least squares over the samples of a window, compensated; x is seconds from a reference time.</summary>
internal static class LinearRegression
{
    /// <summary>Slope per second and value at <paramref name="referenceMs"/>. A constant series is answered without arithmetic.</summary>
    public static (double Slope, double Intercept) Of(ReadOnlySpan<long> times, ReadOnlySpan<double> values, long referenceMs)
    {
        if (values.IndexOfAnyExcept(values[0]) < 0 && !double.IsNaN(values[0]))
            return double.IsInfinity(values[0]) ? (double.NaN, double.NaN) : (0, values[0]);
        return TryInLanes(times, values, referenceMs, out var sums) ? sums.Line() : OneByOne(times, values, referenceMs);
    }

    /// <summary>The same in the order of the samples, also where a sum is not finite.</summary>
    public static (double Slope, double Intercept) OneByOne(ReadOnlySpan<long> times, ReadOnlySpan<double> values, long referenceMs)
    {
        double x = 0, xc = 0, y = 0, yc = 0, xy = 0, xyc = 0, xx = 0, xxc = 0;
        for (int i = 0; i < times.Length; i++)
        {
            double seconds = (times[i] - referenceMs) / 1e3;
            CompensatedSum.Add(seconds, ref x, ref xc);
            CompensatedSum.Add(values[i], ref y, ref yc);
            CompensatedSum.Add(seconds * values[i], ref xy, ref xyc);
            CompensatedSum.Add(seconds * seconds, ref xx, ref xxc);
        }
        return new Sums(times.Length, x + xc, y + yc, xy + xyc, xx + xxc).Line();
    }

    // The terms are those of one by one, so that where digits cancel out the same ones are left. A fourth of its time.
    private static bool TryInLanes(ReadOnlySpan<long> times, ReadOnlySpan<double> values, long referenceMs, out Sums sums)
    {
        double x = 0, xc = 0, y = 0, yc = 0, xy = 0, xyc = 0, xx = 0, xxc = 0;
        int i = 0, width = Vector<double>.Count;
        if (times.Length >= 2 * width)
        {
            var reference = new Vector<long>(referenceMs);
            var second = new Vector<double>(1e3);
            Vector<double> xs = default, xcs = default, ys = default, ycs = default, xys = default, xycs = default, xxs = default, xxcs = default;
            for (; i <= times.Length - width; i += width)
            {
                Vector<double> seconds = Vector.ConvertToDouble(new Vector<long>(times[i..]) - reference) / second, value = new(values[i..]);
                CompensatedSum.AddFinite(seconds, ref xs, ref xcs);
                CompensatedSum.AddFinite(value, ref ys, ref ycs);
                CompensatedSum.AddFinite(seconds * value, ref xys, ref xycs);
                CompensatedSum.AddFinite(seconds * seconds, ref xxs, ref xxcs);
            }
            CompensatedSum.AddLanes(xs, xcs, ref x, ref xc);
            CompensatedSum.AddLanes(ys, ycs, ref y, ref yc);
            CompensatedSum.AddLanes(xys, xycs, ref xy, ref xyc);
            CompensatedSum.AddLanes(xxs, xxcs, ref xx, ref xxc);
        }
        for (; i < times.Length; i++)
        {
            double seconds = (times[i] - referenceMs) / 1e3;
            CompensatedSum.AddFinite(seconds, ref x, ref xc);
            CompensatedSum.AddFinite(values[i], ref y, ref yc);
            CompensatedSum.AddFinite(seconds * values[i], ref xy, ref xyc);
            CompensatedSum.AddFinite(seconds * seconds, ref xx, ref xxc);
        }
        sums = new Sums(times.Length, x + xc, y + yc, xy + xyc, xx + xxc);
        return double.IsFinite(sums.Y + sums.Xy);
    }

    private readonly record struct Sums(double Count, double X, double Y, double Xy, double Xx)
    {
        public (double Slope, double Intercept) Line()
        {
            double covariance = Xy - (X * Y / Count);
            double slope = covariance / (Xx - (X * X / Count));
            return (slope, (Y / Count) - (slope * X / Count));
        }
    }
}
