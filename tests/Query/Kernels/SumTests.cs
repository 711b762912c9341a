using Streamline.Query.Kernels;
using Streamline.Query.Kernels.Windows;

namespace Streamline.Query.Tests.Kernels;

/// <summary>Sums, means, variances and quantiles where plain arithmetic goes wrong.</summary>
public sealed class SumTests
{
    private const double Huge = double.MaxValue;

    [Theory]
    [InlineData(new[] { 1e100, 1, -1e100, 1 }, 2)]
    [InlineData(new[] { 0.1, 0.2, 0.3, -0.6 }, 2.7755575615628914e-17)]
    [InlineData(new[] { double.PositiveInfinity, 1 }, double.PositiveInfinity)]
    [InlineData(new[] { double.PositiveInfinity, double.NegativeInfinity }, double.NaN)]
    [InlineData(new[] { 1, double.NaN }, double.NaN)]
    public void Sum_IsCompensated(double[] values, double expected) => Assert.Equal(expected, SumReduction.Of(values));

    [Theory]
    [InlineData(new[] { Huge, Huge, Huge }, Huge)]
    [InlineData(new[] { Huge, Huge, -Huge, -Huge }, 0)]
    [InlineData(new[] { 1e100, 1, -1e100, 1 }, 0.5)]
    [InlineData(new[] { double.NegativeInfinity, 1 }, double.NegativeInfinity)]
    public void Avg_SurvivesOverflow(double[] values, double expected)
    {
        double actual = AvgReduction.Of(values);

        if (expected == 0) Assert.True(Math.Abs(actual) < Huge * 1e-15);
        else Assert.Equal(1, actual == expected ? 1 : actual / expected, 1e-12);
    }

    [Theory]
    [InlineData(new[] { double.NaN, 2, 1 }, 1, 2)]
    [InlineData(new[] { 3, double.NaN, 4 }, 3, 4)]
    [InlineData(new[] { double.NaN, double.NaN }, double.NaN, double.NaN)]
    public void MinMax_SkipNaNUnlessAllAre(double[] values, double min, double max)
    {
        Assert.Equal(min, MinReduction.Of(values));
        Assert.Equal(max, MaxReduction.Of(values));
    }

    [Fact]
    public void Stdvar_OfLargeCloseValues_KeepsItsDigits() => Assert.Equal(2.0 / 3, StdvarReduction.Of([1e9 + 1, 1e9 + 2, 1e9 + 3]), 1e-12);

    [Theory]
    [InlineData(0.5, new double[] { 3, 1, 2 }, 2)]
    [InlineData(0.75, new double[] { 0, 10 }, 7.5)]
    [InlineData(-0.1, new double[] { 1 }, double.NegativeInfinity)]
    [InlineData(1.1, new double[] { 1 }, double.PositiveInfinity)]
    [InlineData(double.NaN, new double[] { 1 }, double.NaN)]
    [InlineData(0, new[] { 2, double.NaN, 1 }, double.NaN)]
    [InlineData(1, new[] { 2, double.NaN, 1 }, 2)]
    public void Quantile_Interpolates(double q, double[] values, double expected) => Assert.Equal(expected, Quantiles.Of(q, values));
}
