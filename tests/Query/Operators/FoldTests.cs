using Streamline.Query.Engine;
using Streamline.Query.Operators;
using Streamline.Query.Operators.Aggregations;

namespace Streamline.Query.Tests.Operators;

/// <summary>Folding columns into groups.</summary>
public sealed class FoldTests
{
    [Fact]
    public void Fold_OfManySeries_AllocatesNothing()
    {
        var account = new QueryAccount(100_000);
        SeriesColumn column = account.RentColumn(1000), target = account.RentColumn(1000);
        for (int step = 0; step < 1000; step += 3) column.Set(step, step);
        using var group = new FoldColumns(account, 1000);
        Run<SumFold>();
        Run<AvgFold>();
        Run<StddevFold>();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Run<SumFold>();
        Run<AvgFold>();
        Run<StddevFold>();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Run<TFold>() where TFold : struct, IFold
        {
            group.Fold<TFold>(column);
            group.Finish<TFold>(target);
        }
    }

    [Fact]
    public void Fold_AbsentSteps_StayAbsent()
    {
        var account = new QueryAccount(1000);
        SeriesColumn column = account.RentColumn(70), target = account.RentColumn(70);
        column.Set(69, 5);
        using var group = new FoldColumns(account, 70);
        group.Fold<SumFold>(column);
        group.Fold<SumFold>(column);
        group.Finish<SumFold>(target);

        Assert.Equal(10, target.Values[69]);
        Assert.False(target.Has(68));
    }

    [Theory]
    [InlineData(true, new double[] { 1, 5, 3, 5, 2 }, new[] { 1, 3, 2 })]
    [InlineData(false, new double[] { 1, 5, 3, 1, 2 }, new[] { 0, 3, 4 })]
    [InlineData(true, new[] { double.NaN, 1, double.NaN, 2 }, new[] { 3, 1, 0 })]
    public void Heap_KeepsTheBest_EarlierOfEquals(bool top, double[] values, int[] expected)
    {
        var heap = new RankedHeap(3, top);
        for (int i = 0; i < values.Length; i++) heap.Offer(i, values[i]);

        Assert.Equal(expected, heap.BestFirst().Select(p => p.Series));
    }

    [Fact]
    public void Charge_OverTheLimit_Throws_AndReturnedBuffersCount()
    {
        var account = new QueryAccount(100);
        SeriesColumn column = account.RentColumn(60);
        Assert.Throws<QueryException>(() => account.RentColumn(41));
        account.Return(column);
        account.RentColumn(100);

        Assert.Equal(100, account.PeakSamples);
    }
}
