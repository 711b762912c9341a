using System.Numerics;

namespace Streamline.Query.Kernels;

/// <summary>
/// The mean as Prometheus takes it: a compensated sum divided at the end, and from the first overflow on an incremental mean. The state is three numbers so
/// that it may live in columns: a negative count says that <c>sum</c> holds a mean.
/// </summary>
internal static class RunningMean
{
    /// <summary>Starts with the first value.</summary>
    public static void First(double value, out double sum, out double compensation, out double count) => (sum, compensation, count) = (value, 0, 1);

    /// <summary>Adds a value.</summary>
    public static void Add(double value, ref double sum, ref double compensation, ref double count)
    {
        if (count > 0)
        {
            double newSum = sum, newCompensation = compensation;
            CompensatedSum.Add(value, ref newSum, ref newCompensation);
            if (!double.IsInfinity(newSum))
            {
                (sum, compensation, count) = (newSum, newCompensation, count + 1);
                return;
            }
            sum /= count;
            compensation /= count;
            count = -count;
        }
        AddIncremental(value, ref sum, ref compensation, ref count);
    }

    /// <summary>Adds a value at every step.</summary>
    public static void AddColumns(ReadOnlySpan<double> values, Span<double> sums, Span<double> compensations, Span<double> counts)
    {
        int i = 0, width = Vector<double>.Count;
        for (; i <= values.Length - width; i += width)
        {
            Vector<double> sum = new(sums[i..]), compensation = new(compensations[i..]), count = new(counts[i..]);
            CompensatedSum.AddFinite(new Vector<double>(values[i..]), ref sum, ref compensation);
            if (Vector.GreaterThanAll(count, Vector<double>.Zero) && !Vector.AnyWhereAllBitsSet(Vector.IsInfinity(sum)))
            {
                sum.CopyTo(sums[i..]);
                compensation.CopyTo(compensations[i..]);
                (count + Vector<double>.One).CopyTo(counts[i..]);
                continue;
            }
            for (int k = i; k < i + width; k++) Add(values[k], ref sums[k], ref compensations[k], ref counts[k]);
        }
        for (; i < values.Length; i++) Add(values[i], ref sums[i], ref compensations[i], ref counts[i]);
    }

    /// <summary>The mean.</summary>
    public static double Result(double sum, double compensation, double count) =>
        count < 0 ? sum + compensation : (sum / count) + (compensation / count);

    private static void AddIncremental(double value, ref double mean, ref double compensation, ref double count)
    {
        count -= 1;
        double n = -count, weight = (n - 1) / n;
        mean *= weight;
        compensation *= weight;
        CompensatedSum.Add(value / n, ref mean, ref compensation);
    }
}
