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
