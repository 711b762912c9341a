using Streamline.Query.Engine;
using Streamline.Query.Kernels.Windows;
using Streamline.Query.Operators;
using Streamline.Query.Plan;

namespace Streamline.Query.Tests.Kernels;

/// <summary>Sliding windows: edges, extrapolation, nothing allocated.</summary>
public sealed class WindowTests
{
    private static readonly long[] Times = [.. Enumerable.Range(0, 200).Select(i => i * 15_000L)];
    private static readonly double[] Values = [.. Enumerable.Range(0, 200).Select(i => (i * 7 % 50) + 1.0)];

    [Fact]
    public void Run_Windows_AreLeftOpenRightClosed()
    {
        var kernel = default(ReductionKernel<CountReduction>);
        SeriesColumn column = Run(ref kernel, new WindowGrid(new StepGrid(30_000, 15_000, 3), default, 30_000));

        Assert.Equal([2, 2, 2], column.Values.ToArray());
    }

    [Fact]
    public void Run_BeforeFirstSample_IsAbsent()
    {
        var kernel = default(ReductionKernel<LastReduction>);
        SeriesColumn column = Run(ref kernel, new WindowGrid(new StepGrid(-15_000, 15_000, 2), default, 30_000));

        Assert.False(column.Has(0));
        Assert.True(column.Has(1));
    }

    [Theory]
    [InlineData(new long[] { 0, 10, 20, 30 }, new double[] { 0, 1, 2, 3 }, 30, 30, 3)]
    [InlineData(new long[] { 5, 15, 25 }, new double[] { 10, 20, 30 }, 30, 30, 30)]
    [InlineData(new long[] { 5, 15, 25 }, new double[] { 1, 20, 30 }, 30, 30, 37.25)]
    [InlineData(new long[] { 14, 16 }, new double[] { 10, 20 }, 30, 30, 20)]
    [InlineData(new long[] { 5, 15, 25 }, new double[] { 30, 10, 20 }, 30, 30, 30)]
    public void Increase_Extrapolates(long[] seconds, double[] values, long atSeconds, long rangeSeconds, double expected)
    {
        var kernel = default(ExtrapolatedKernel<IncreaseFunction>);
        var column = new QueryAccount(1000).RentColumn(1);
        var grid = new WindowGrid(StepGrid.At(atSeconds * 1000), default, rangeSeconds * 1000);
        long[] times = [.. seconds.Select(s => s * 1000)];
        Slide(ref kernel, grid, times, values, [], column);

        Assert.Equal(expected, column.Values[0], 1e-9);
    }

    [Fact]
    public void Run_RangeFunctions_AllocateNothing()
    {
        Check(default(ExtrapolatedKernel<RateFunction>));
        Check(default(IrateKernel));
        Check(default(TransitionKernel<ChangeTransition>));
        Check(default(BlockedKernel<StretchedSum>));
        Check(default(BlockedKernel<StretchedAverage>));
        Check(default(BlockedKernel<StretchedMax>));
        Check(default(ReductionKernel<StddevReduction>));
        Check(default(QuantileKernel));
        Check(default(DerivKernel));
    }

    private static void Check<TKernel>(TKernel kernel) where TKernel : struct, IWindowKernel
    {
        SeriesColumn column = new QueryAccount(10_000).RentColumn(500);
        double[] parameters = new double[500];
        var grid = new WindowGrid(new StepGrid(0, 6_000, 500), default, 300_000);
        var places = new WindowPlaces(grid, new QueryAccount(10_000));
        WindowSlide.Run(ref kernel, places, Times, Values, parameters, column);
        // Other times, so that everything is found anew.
        long[] later = [.. Times.Select(t => t + 1)];
        long before = GC.GetAllocatedBytesForCurrentThread();
        WindowSlide.Run(ref kernel, places, later, Values, parameters, column);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static SeriesColumn Run<TKernel>(ref TKernel kernel, WindowGrid grid) where TKernel : struct, IWindowKernel
    {
        SeriesColumn column = new QueryAccount(1000).RentColumn(grid.Steps.Count);
        Slide(ref kernel, grid, Times, Values, [], column);
        return column;
    }

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

    private static double Odd(Random random, int round) => (round % 4, random.Next(50)) switch
    {
        (1, 0) => double.NaN,
        (2, 0) => double.PositiveInfinity,
        (3, < 10) => random.Next(2) == 0 ? 1e100 : -1e100,
        _ => (random.NextDouble() - 0.5) * 1e6,
    };

    private static void Same<TFast, TPlain>(WindowGrid grid, long[] times, double[] values, int seed)
        where TFast : struct, IWindowKernel
        where TPlain : struct, IWindowKernel
    {
        var account = new QueryAccount(10_000);
        SeriesColumn fast = account.RentColumn(grid.Steps.Count), plain = account.RentColumn(grid.Steps.Count);
        TFast fastKernel = default;
        TPlain plainKernel = default;
        Slide(ref fastKernel, grid, times, values, [], fast);
        Slide(ref plainKernel, grid, times, values, [], plain);
        Assert.Equal(plain.Present.ToArray(), fast.Present.ToArray());
        // What compensation cannot keep either, in any order of additions.
        double lost = 1e-25 * values.Where(double.IsFinite).Max(Math.Abs);
        for (int step = 0; step < plain.Steps; step++)
        {
            if (!plain.Has(step)) continue;
            double wanted = plain.Values[step], got = fast.Values[step];
            bool same = wanted.Equals(got) || Math.Abs(wanted - got) <= (1e-12 * Math.Abs(wanted)) + lost;
            Assert.True(same, $"{typeof(TFast)} step {step}: wanted {wanted:R}, got {got:R}, seed {seed}");
        }
    }

    private static void Slide<TKernel>(ref TKernel kernel, WindowGrid grid, long[] times, double[] values, double[] parameters, SeriesColumn target)
        where TKernel : struct, IWindowKernel
    {
        using var places = new WindowPlaces(grid, new QueryAccount(10_000));
        WindowSlide.Run(ref kernel, places, times, values, parameters, target);
    }
}
