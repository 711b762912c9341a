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
        Sliding.Run(ref kernel, grid, times, values, [], column);

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
        Sliding.Run(ref kernel, grid, Times, Values, [], column);
        return column;
    }
}
