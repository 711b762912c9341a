using Streamline.Storage;

namespace Streamline.Query.Histograms;

/// <summary>Where the buckets of a schema end.</summary>
internal static class BucketBounds
{
    private const int FinestSteps = 1 << NativeHistogram.MaxSchema;

    private static readonly double[] Fractions = MakeFractions();

    /// <summary>
    /// Absolute upper bound of a bucket. Bounds are Prometheus's to the last bit, because they are printed: the bucket that ends where numbers do ends at the
    /// largest one, and only the next at infinity.
    /// </summary>
    public static double Upper(int index, int schema)
    {
        if (schema < 0)
        {
            long power = (long)index << -schema;
            return power == 1024 ? double.MaxValue : Math.ScaleB(1, (int)Math.Clamp(power, -2000, 2000));
        }
        double fraction = Fractions[(index & ((1 << schema) - 1)) << (NativeHistogram.MaxSchema - schema)];
        int exponent = (index >> schema) + 1;
        return fraction == 0.5 && exponent == 1025 ? double.MaxValue : Math.ScaleB(fraction, exponent);
    }

    /// <summary>Upper bound of a custom bucket; -1 stands for the end of what is below the first.</summary>
    public static double Upper(int index, ReadOnlySpan<double> bounds) =>
        index < 0 ? double.NegativeInfinity : index < bounds.Length ? bounds[index] : double.PositiveInfinity;

    /// <summary>The bucket of a coarser schema that holds a bucket.</summary>
    public static int Reduced(int index, int levels) => ((index - 1) >> levels) + 1;

    /// <summary>
    /// The bounds of the finest schema in [0.5, 1). Prometheus has a table; it is one half times a product of roots of two, that of sqrt(2) one bit low.
    /// </summary>
    private static double[] MakeFractions()
    {
        Span<double> roots = stackalloc double[NativeHistogram.MaxSchema + 1];
        roots[0] = 2;
        for (int k = 1; k < roots.Length; k++) roots[k] = Math.Sqrt(roots[k - 1]);
        roots[1] = Math.BitDecrement(roots[1]);
        double[] fractions = new double[FinestSteps];
        for (int i = 0; i < fractions.Length; i++)
        {
            fractions[i] = 0.5;
            for (int k = 1; k < roots.Length; k++)
            {
                if ((i >> (NativeHistogram.MaxSchema - k) & 1) != 0) fractions[i] *= roots[k];
            }
        }
        return fractions;
    }
}
