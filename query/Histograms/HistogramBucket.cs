namespace Streamline.Query;

/// <summary>A bucket of a native histogram with its bounds, and whether these belong to it.</summary>
public readonly record struct HistogramBucket(double Lower, double Upper, double Count, bool LowerInclusive, bool UpperInclusive)
{
    /// <summary>
    /// The part of the bucket's width below a value inside it: linear, or on a logarithmic scale, where the bounds of exponential buckets lie evenly.
    /// Negative buckets are mirrored.
    /// </summary>
    internal double FractionBelow(double value, bool linear)
    {
        if (linear) return (value - Lower) / (Upper - Lower);
        double lower = Math.Log2(Math.Abs(Lower)), upper = Math.Log2(Math.Abs(Upper)), at = Math.Log2(Math.Abs(value));
        return value > 0 ? (at - lower) / (upper - lower) : 1 - ((at - upper) / (lower - upper));
    }
}
