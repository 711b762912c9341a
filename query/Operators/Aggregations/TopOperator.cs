using Streamline.Query.Engine;
using Streamline.Query.Histograms;
using Streamline.Query.Syntax;

namespace Streamline.Query.Operators.Aggregations;

/// <summary>
/// <c>topk</c> and <c>bottomk</c>: keeps k (value, series) pairs per group and step while the input streams by, then rebuilds columns of the series
/// that were chosen at all. NaN is the worst value both ways; of equal values the earlier series stays. At a single step (instant query) the series
/// leave in order of their rank.
/// </summary>
internal sealed class TopOperator(QueryContext context, Operator inner, AggregateExpr expr, ScalarParameter parameter) : Operator(context, inner.Grid)
{
    // What an empty heap weighs, in samples: one stands per group and step.
    private const int HeapOverhead = 16;

    private readonly bool _top = expr.Op == AggregateOperator.Topk;
    private Pick[] _picks = [];
    private long _charged;
    private int _nextPick;
    private int _nextSeries;

    private record struct Pick(int Series, int Step, double Value);

    public override int Next(Span<SeriesColumn> columns)
    {
        int total = Headers().Length, filled = 0;
        for (; filled < columns.Length && _nextSeries < total; filled++, _nextSeries++)
        {
            SeriesColumn column = columns[filled];
            column.Clear();
            column.Index = _nextSeries;
            int series = _picks[_nextPick].Series;
            for (; _nextPick < _picks.Length && _picks[_nextPick].Series == series; _nextPick++)
                column.Set(_picks[_nextPick].Step, _picks[_nextPick].Value);
        }
        return filled;
    }

    protected override void Release()
    {
        Context.Account.Charge(-_charged);
        _charged = 0;
        parameter.Dispose();
        inner.Dispose();
    }

    protected override SeriesHeader[] ComputeHeaders()
    {
        SeriesHeader[] input = inner.Headers();
        _picks = Choose(Grouping.Of(Context, input, expr), CountParameter.Of(parameter, Grid.Count, input.Length));
        var order = new List<int>();
        foreach (Pick pick in _picks)
        {
            if (order.Count == 0 || order[^1] != pick.Series) order.Add(pick.Series);
        }
        return [.. order.Select(i => input[i])];
    }

    private Pick[] Choose(Grouping grouping, int[] ks)
    {
        long places = (long)grouping.Headers.Length * Grid.Count;
        Context.Account.ChargeBytes(places * sizeof(long));
        var heaps = new RankedHeap?[places];
        using (var reader = new ColumnReader(Context, inner))
        {
            while (reader.MoveNext()) Offer(grouping, ks, heaps, reader.Current);
        }
        var picks = new List<Pick>();
        for (int i = 0; i < heaps.Length; i++) AddPicks(heaps[i], i % Grid.Count, picks);
        return Ordered(picks);
    }

    private void Offer(Grouping grouping, int[] ks, RankedHeap?[] heaps, SeriesColumn column)
    {
        int group = grouping.GroupOf[column.Index];
        for (int step = 0; step < column.Steps; step++)
        {
            if (ks[step] < 1 || !column.Has(step)) continue;
            if (column.HistogramAt(step) is not null)
            {
                HistogramNotes.Ignored(Context, expr, expr.Op.Symbol());
                continue;
            }
            ref RankedHeap? heap = ref heaps[(group * Grid.Count) + step];
            heap ??= NewHeap(Math.Min(ks[step], grouping.Sizes[group]));
            heap.Offer(column.Index, column.Values[step]);
        }
    }

    private RankedHeap NewHeap(int k)
    {
        Context.Account.Charge(k + HeapOverhead);
        _charged += k + HeapOverhead;
        return new RankedHeap(k, _top);
    }

    private static void AddPicks(RankedHeap? heap, int step, List<Pick> picks)
    {
        if (heap is null) return;
        foreach (var (series, value) in heap.BestFirst()) picks.Add(new Pick(series, step, value));
    }

    /// <summary>By series, so that columns can be rebuilt one after the other; at a single step by group and rank.</summary>
    private Pick[] Ordered(List<Pick> picks)
    {
        Pick[] ordered = [.. picks];
        if (Grid.Count > 1) Array.Sort(ordered, (a, b) => a.Series != b.Series ? a.Series.CompareTo(b.Series) : a.Step.CompareTo(b.Step));
        return ordered;
    }
}
