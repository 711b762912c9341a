using System.Numerics;

namespace Streamline.Query.Kernels;

/// <summary>The population variance of the samples of a window.</summary>
internal static class Variance
{
    /// <summary>In two passes, each value's distance from the mean: as exact as <see cref="Welford"/>, without a division for each value.</summary>
    public static double Of(ReadOnlySpan<double> values)
    {
        CompensatedSum.InLanes(values, out double sum, out double compensation);
        double mean = (sum + compensation) / values.Length;
        if (!double.IsFinite(mean)) return Welford(values);
        double off = 0, offCompensation = 0, squares = 0, squaresCompensation = 0;
        int i = 0, width = Vector<double>.Count;
        if (values.Length >= 2 * width)
        {
            var means = new Vector<double>(mean);
            Vector<double> offs = default, offCompensations = default, square = default, squareCompensations = default;
            for (; i <= values.Length - width; i += width)
            {
                Vector<double> distance = new Vector<double>(values[i..]) - means;
                CompensatedSum.AddFinite(distance, ref offs, ref offCompensations);
                CompensatedSum.AddFinite(distance * distance, ref square, ref squareCompensations);
            }
            CompensatedSum.AddLanes(offs, offCompensations, ref off, ref offCompensation);
            CompensatedSum.AddLanes(square, squareCompensations, ref squares, ref squaresCompensation);
        }
        for (; i < values.Length; i++)
        {
            double distance = values[i] - mean;
            CompensatedSum.AddFinite(distance, ref off, ref offCompensation);
            CompensatedSum.AddFinite(distance * distance, ref squares, ref squaresCompensation);
        }
        // The mean is rounded: what the distances do not cancel out by is taken off again.
        double rest = off + offCompensation, variance = (squares + squaresCompensation - (rest * rest / values.Length)) / values.Length;
        return double.IsFinite(variance) ? Math.Max(0, variance) : Welford(values);
    }

    /// <summary>Value by value, mean and squares both compensated, as Prometheus does it; also where a value or a sum is not finite.</summary>
    public static double Welford(ReadOnlySpan<double> values)
    {
        double mean = 0, meanCompensation = 0, squares = 0, squaresCompensation = 0, count = 0;
        foreach (double value in values)
        {
            count++;
            double delta = value - (mean + meanCompensation);
            CompensatedSum.Add(delta / count, ref mean, ref meanCompensation);
            CompensatedSum.Add(delta * (value - (mean + meanCompensation)), ref squares, ref squaresCompensation);
        }
        return (squares + squaresCompensation) / count;
    }
}
