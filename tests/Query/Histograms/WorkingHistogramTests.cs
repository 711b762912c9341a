using Streamline.Query.Histograms;
using Streamline.Storage;

namespace Streamline.Query.Tests.Histograms;

/// <summary>The engine's algebra against the naive one, on random pairs of all layouts.</summary>
public sealed class WorkingHistogramTests
{
    private const int Rounds = 4000;

    private readonly Random _random = new(20261122);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AddAndSubtract_AreTheNaiveOnes(bool custom)
    {
        WorkingHistogram result = new(), other = new();
        for (int round = 0; round < Rounds; round++)
        {
            NaiveHistogram a = HistogramSamples.Any(_random, custom), b = HistogramSamples.Any(_random, custom);
            bool subtracts = _random.Next(2) == 0;
            result.Load(a.ToNative());
            other.Load(b.ToNative());
            MergeNotes notes = subtracts ? result.Subtract(other) : _random.Next(2) == 0 ? result.Add(other) : result.AddCompensated(other);
            string? difference = a.Plus(b, subtracts ? -1 : 1).Difference(NaiveHistogram.Of(result.Settle().ToHistogram()));
            Assert.True(difference is null, $"round {round}: {difference}");
            Assert.Equal(custom && !a.Bounds!.SequenceEqual(b.Bounds!), notes == MergeNotes.BoundsReconciled);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Resets_AreTheNaiveOnes(bool custom)
    {
        var resets = new HistogramResets();
        int found = 0;
        for (int round = 0; round < Rounds; round++)
        {
            NaiveHistogram before = HistogramSamples.Any(_random, custom), current = _random.Next(3) == 0 ? HistogramSamples.Any(_random, custom) : before.Copy();
            for (int i = _random.Next(4); i > 0; i--) HistogramSamples.Observe(current, _random, _random.Next(5));
            if (_random.Next(3) == 0) (before, current) = (current, before);
            bool expected = current.IsResetAfter(before);
            if (expected) found++;
            Assert.True(
                expected == resets.IsReset(before.ToNative(), current.ToNative()),
                $"round {round}: {expected} expected from {before.ToNative().Text()} to {current.ToNative().Text()}, schemas {before.Schema}, {current.Schema}, thresholds {before.ZeroThreshold}, {current.ZeroThreshold}");
        }
        Assert.InRange(found, Rounds / 10, Rounds * 9 / 10);
    }

    [Fact]
    public void Sum_OfMany_IsCompensated()
    {
        var sum = new HistogramSum(isMean: false);
        NativeHistogram Of(double value) => new() { Schema = 0, Count = value, Sum = value, PositiveSpanArray = [new HistogramSpan(0, 1)], PositiveBucketArray = [value] };
        sum.Start(Of(1e100));
        foreach (double value in (double[])[1, -1e100, 1]) sum.Add(Of(value));
        NativeHistogram result = sum.Result();
        Assert.Equal((2.0, 2.0, 2.0), (result.Count, result.Sum, result.PositiveBuckets[0]));
    }

    [Fact]
    public void Mean_DoesNotOverflow()
    {
        var mean = new HistogramSum(isMean: true);
        NativeHistogram huge = new() { Schema = 0, Count = 1, Sum = double.MaxValue };
        mean.Start(huge);
        for (int i = 0; i < 3; i++) mean.Add(huge);
        Assert.Equal(double.MaxValue, mean.Result().Sum, double.MaxValue * 1e-15);
    }

    [Theory]
    [InlineData(0, 0, 1)]
    [InlineData(1, 0, 2)]
    [InlineData(1, 1, 1.414213562373095)]
    [InlineData(-1, 1, 0.7071067811865475)]
    [InlineData(3, -1, 64)]
    [InlineData(-2, 8, 0.9945994234836328)]
    [InlineData(1024, 0, double.MaxValue)]
    [InlineData(1025, 0, double.PositiveInfinity)]
    [InlineData(512, -1, double.MaxValue)]
    [InlineData(513, -1, double.PositiveInfinity)]
    [InlineData(-1074, 0, double.Epsilon)]
    public void Bounds_ArePrometheuss_ToTheLastBit(int index, int schema, double expected) => Assert.Equal(expected, BucketBounds.Upper(index, schema));

    [Fact]
    public void FractionBelowAQuantile_IsTheQuantile()
    {
        var quantiles = new NativeQuantiles();
        for (int round = 0; round < Rounds; round++)
        {
            NativeHistogram histogram = HistogramSamples.Any(_random, custom: false).ToNative();
            double q = 0.001 + (0.998 * _random.NextDouble()), value = quantiles.Quantile(q, histogram, out _);
            if (histogram.Count == 0)
            {
                Assert.Equal(double.NaN, value);
                continue;
            }
            double fraction = quantiles.Fraction(double.NegativeInfinity, value, histogram, out _);
            // A zero bucket without width is a jump.
            bool jumps = value == 0 && histogram.ZeroThreshold == 0 && histogram.ZeroCount > 0;
            Assert.True(jumps || Math.Abs(fraction - q) < 1e-9, $"round {round}: {q} gives {value}, below which are {fraction}");
        }
    }

    [Fact]
    public void BothTrims_KeepEveryObservationOnce()
    {
        for (int round = 0; round < Rounds; round++)
        {
            NaiveHistogram whole = HistogramSamples.Any(_random, custom: false);
            double at = _random.Next(5) == 0 ? Math.Pow(2, _random.Next(-3, 4)) : (_random.NextDouble() * 16) - 8;
            if (whole.ZeroThreshold == 0 && at == 0) continue;
            NativeHistogram native = whole.ToNative();
            NaiveHistogram below = NaiveHistogram.Of(HistogramTrim.Trim(native, at, keepsBelow: true)), above = NaiveHistogram.Of(HistogramTrim.Trim(native, at, keepsBelow: false));
            NaiveHistogram together = below.Plus(above);
            // Sums are estimates.
            together.Sum = whole.Sum;
            string? difference = whole.Difference(together);
            Assert.True(difference is null, $"round {round} at {at}: {difference}");
        }
    }

    [Fact]
    public void Text_IsPrometheuss()
    {
        var histogram = new NativeHistogram
        {
            Schema = 0,
            Count = 1000000,
            Sum = -0.5,
            ZeroThreshold = 0.001,
            ZeroCount = 2,
            PositiveSpanArray = [new HistogramSpan(1, 1)],
            PositiveBucketArray = [3],
            NegativeSpanArray = [new HistogramSpan(0, 2)],
            NegativeBucketArray = [4, 0],
        };
        Assert.Equal("{count:1e+06, sum:-0.5, [-1,-0.5):4, [-0.001,0.001]:2, (1,2]:3}", histogram.Text());
    }
}
