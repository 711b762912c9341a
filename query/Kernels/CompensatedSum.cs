using System.Runtime.CompilerServices;

namespace Streamline.Query.Kernels;

/// <summary>Neumaier's variant of Kahan's summation: Prometheus compensates <c>sum</c> and <c>avg</c> so, and {1e100, 1, -1e100, 1} must give 2.</summary>
internal static class CompensatedSum
{
    /// <summary>Adds <paramref name="value"/> to a sum and its compensation. An infinite sum has no compensation, else Inf - Inf would turn it into NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(double value, ref double sum, ref double compensation)
    {
        double total = sum + value;
        if (double.IsInfinity(total)) compensation = 0;
        else if (Math.Abs(sum) >= Math.Abs(value)) compensation += (sum - total) + value;
        else compensation += (value - total) + sum;
        sum = total;
    }
}
