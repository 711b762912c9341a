using Streamline.Query.Histograms;

namespace Streamline.Query.Tests.Functions;

/// <summary>Quantiles and fractions of classic histograms.</summary>
public sealed class ClassicHistogramTests
{
    private const double Inf = double.PositiveInfinity;

    [Theory]
    [InlineData(0.5, new[] { 1, 2, Inf }, new double[] { 5, 10, 10 }, 1)]
    [InlineData(0.75, new[] { 1, 2, Inf }, new double[] { 5, 10, 10 }, 1.5)]
    [InlineData(0.99, new[] { 1, 2, Inf }, new double[] { 5, 6, 10 }, 2)]
    [InlineData(0.5, new[] { 2, Inf, 1 }, new double[] { 10, 10, 5 }, 1)]
    [InlineData(0.5, new double[] { 1, 2 }, new double[] { 5, 10 }, double.NaN)]
    [InlineData(0.5, new[] { Inf }, new double[] { 10 }, double.NaN)]
    [InlineData(0.5, new[] { 1, Inf }, new double[] { 0, 0 }, double.NaN)]
    [InlineData(0.1, new[] { -1, 1, Inf }, new double[] { 5, 10, 10 }, -1)]
    [InlineData(-1, new[] { 1, Inf }, new double[] { 1, 1 }, double.NegativeInfinity)]
    [InlineData(2, new[] { 1, Inf }, new double[] { 1, 1 }, Inf)]
    public void Quantile_Interpolates(double q, double[] bounds, double[] counts, double expected)
    {
        Assert.Equal(expected, ClassicHistogram.Quantile(q, Buckets(bounds, counts), out ForcedMonotonicity forced));
        Assert.False(forced.Happened);
    }

    [Fact]
    public void Quantile_FallingCounts_AreForcedUp()
    {
        Assert.Equal(1, ClassicHistogram.Quantile(0.5, Buckets([1, 2, Inf], [10, 8, 20]), out ForcedMonotonicity forced));
        Assert.Equal((true, 2.0, 2.0, 2.0), (forced.Happened, forced.MinBound, forced.MaxBound, forced.MaxDifference));
    }

    [Fact]
    public void Quantile_TinyFall_IsRounding()
    {
        ClassicHistogram.Quantile(0.5, Buckets([1, 2, Inf], [10, 10 - 1e-14, 20]), out ForcedMonotonicity forced);
        Assert.False(forced.Happened);
    }

    [Theory]
    [InlineData(0, 1, 0.5)]
    [InlineData(0, 0.5, 0.25)]
    [InlineData(1, 2, 0.25)]
    [InlineData(0.5, 1.5, 0.375)]
    [InlineData(2, Inf, 0.25)]
    [InlineData(double.NegativeInfinity, Inf, 1)]
    [InlineData(1, 1, 0)]
    [InlineData(double.NaN, 1, double.NaN)]
    public void Fraction_Interpolates(double lower, double upper, double expected) =>
        Assert.Equal(expected, ClassicHistogram.Fraction(lower, upper, Buckets([1, 2, Inf], [10, 15, 20])));

    private static ClassicBucket[] Buckets(double[] bounds, double[] counts) =>
        [.. bounds.Zip(counts, (b, c) => new ClassicBucket { UpperBound = b, Count = c })];
}
