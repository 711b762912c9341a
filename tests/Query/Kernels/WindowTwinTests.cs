using Streamline.Query.Engine;
using Streamline.Query.Kernels;
using Streamline.Query.Kernels.Windows;
using Streamline.Query.Operators;
using Streamline.Query.Plan;

namespace Streamline.Query.Tests.Kernels;

/// <summary>Kernels that go round by stretches, by lanes or by moves give what their definitions do.</summary>
public sealed class WindowTwinTests
{
    [Fact]
    public void Run_OverlappingWindows_CombinedBlocksEqualDirectReduction()
    {
        const int seed = 4711;
        var random = new Random(seed);
        double[] values = new double[700];
        long[] times = [.. Enumerable.Range(0, values.Length).Select(i => i * 15_000L)];
        for (int round = 0; round < 40; round++)
        {
            for (int i = 0; i < values.Length; i++) values[i] = Odd(random, round);
            var grid = new WindowGrid(new StepGrid(random.Next(0, 2_000_000), random.Next(1, 400_000), 60), default, random.Next(10_000, 6_000_000));
            Same<BlockedKernel<StretchedSum>, ReductionKernel<SumReduction>>(grid, times, values, seed);
            Same<BlockedKernel<StretchedAverage>, ReductionKernel<AvgReduction>>(grid, times, values, seed);
            Same<BlockedKernel<StretchedMin>, ReductionKernel<MinReduction>>(grid, times, values, seed);
            Same<BlockedKernel<StretchedMax>, ReductionKernel<MaxReduction>>(grid, times, values, seed);
        }
    }

    [Fact]
    public void Run_GeneratedWindows_LanesAndMovesEqualTheirDefinitions()
    {
        const int seed = 1123;
        var random = new Random(seed);
        double[] values = new double[400];
        for (int round = 0; round < 120; round++)
        {
            // Far from zero and close together, as bytes of memory are; few different ones; and such as no arithmetic likes.
            double level = round % 3 == 0 ? 1e10 : 0, spread = Math.Pow(10, random.Next(-3, 6));
            for (int i = 0; i < values.Length; i++) values[i] = round % 5 == 4 ? Odd(random, 1 + (i % 2)) : round % 5 == 3 ? random.Next(-1, 2) * 0.0 : level + (random.NextDouble() * spread);
            long[] times = [.. Enumerable.Range(0, values.Length).Select(i => (i * 15_000L) + random.Next(900))];
            var grid = new WindowGrid(new StepGrid(random.Next(0, 2_000_000), random.Next(1, 200_000), 60), default, random.Next(10_000, 3_000_000));
            double[] quantiles = [.. Enumerable.Range(0, 60).Select(_ => round % 2 == 0 ? 0.9 : random.NextDouble())];
            Same<ReductionKernel<StdvarReduction>, ReductionKernel<WelfordReduction>>(grid, times, values, seed);
            Same<DerivKernel, PlainDeriv>(grid, times, values, seed, 1e-6);
            Same<QuantileKernel, PlainQuantile>(grid, times, values, seed, parameters: quantiles);
        }
    }

    [Fact]
    public void Stdvar_OfEqualValues_IsZero()
    {
        for (int count = 1; count < 70; count++) Assert.Equal(0, Variance.Of([.. Enumerable.Repeat(0.1, count)]));
    }

    private static double Odd(Random random, int round) => (round % 4, random.Next(50)) switch
    {
        (1, 0) => double.NaN,
        (2, 0) => double.PositiveInfinity,
        (3, < 10) => random.Next(2) == 0 ? 1e100 : -1e100,
        _ => (random.NextDouble() - 0.5) * 1e6,
    };

    private static void Same<TFast, TPlain>(WindowGrid grid, long[] times, double[] values, int seed, double tolerance = 1e-12, double[]? parameters = null)
        where TFast : struct, IWindowKernel
        where TPlain : struct, IWindowKernel
    {
        var account = new QueryAccount(10_000);
        SeriesColumn fast = account.RentColumn(grid.Steps.Count), plain = account.RentColumn(grid.Steps.Count);
        TFast fastKernel = default;
        TPlain plainKernel = default;
        Sliding.Run(ref fastKernel, grid, times, values, parameters ?? [], fast);
        Sliding.Run(ref plainKernel, grid, times, values, parameters ?? [], plain);
        Assert.Equal(plain.Present.ToArray(), fast.Present.ToArray());
        // What compensation cannot keep either, in any order of additions.
        double lost = 1e-25 * values.Where(double.IsFinite).Max(Math.Abs);
        for (int step = 0; step < plain.Steps; step++)
        {
            if (!plain.Has(step)) continue;
            double wanted = plain.Values[step], got = fast.Values[step];
            bool same = wanted.Equals(got) || Math.Abs(wanted - got) <= (tolerance * Math.Abs(wanted)) + lost;
            Assert.True(same, $"{typeof(TFast)} step {step}: wanted {wanted:R}, got {got:R}, seed {seed}");
        }
    }

    // Of values far from zero Welford's mean has too few digits; the distances from one of them are exact.
    private readonly struct WelfordReduction : IReduction
    {
        public static double Of(ReadOnlySpan<double> values)
        {
            double[] distances = new double[values.Length];
            for (int i = 0; i < distances.Length; i++) distances[i] = values[i] - values[0];
            return Variance.Welford(distances);
        }
    }

    private struct PlainDeriv : IWindowKernel
    {
        public readonly void Begin(ReadOnlySpan<long> times, ReadOnlySpan<double> values) { }

        public readonly bool TryCompute(in Window window, out double result)
        {
            result = 0;
            if (window.Count < 2) return false;
            bool isConstant = !double.IsNaN(window.Values[0]) && window.Values.IndexOfAnyExcept(window.Values[0]) < 0;
            result = isConstant && double.IsFinite(window.Values[0]) ? 0 : LinearRegression.OneByOne(window.Times, window.Values, window.Times[0]).Slope;
            return true;
        }
    }

    private struct PlainQuantile : IWindowKernel
    {
        public readonly void Begin(ReadOnlySpan<long> times, ReadOnlySpan<double> values) { }

        public readonly bool TryCompute(in Window window, out double result)
        {
            result = Quantiles.Of(window.Parameter, window.Values.ToArray());
            return true;
        }
    }
}
