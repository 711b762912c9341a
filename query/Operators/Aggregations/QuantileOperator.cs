using Streamline.Query.Engine;
using Streamline.Query.Histograms;
using Streamline.Query.Kernels;
using Streamline.Query.Syntax;

namespace Streamline.Query.Operators.Aggregations;

/// <summary><c>quantile</c>: needs all values of a group at a step, so the input's columns are kept.</summary>
internal sealed class QuantileOperator(QueryContext context, Operator inner, AggregateExpr expr, ScalarParameter parameter) : Operator(context, inner.Grid)
{
    private Grouping? _grouping;
    private HeldColumns? _held;
    private double[] _scratch = [];
    private int _next;

    public override int Next(Span<SeriesColumn> columns)
    {
        int groups = Headers().Length, filled = 0;
        _held ??= ReadNumbers();
        for (; filled < columns.Length && _next < groups; filled++, _next++)
        {
            columns[filled].Index = _next;
            Fill(_next, columns[filled]);
        }
        return filled;
    }

    protected override SeriesHeader[] ComputeHeaders() => (_grouping = Grouping.Of(Context, inner.Headers(), expr)).Headers;

    protected override void Release()
    {
        _held?.Dispose();
        parameter.Dispose();
        inner.Dispose();
    }

    private HeldColumns ReadNumbers()
    {
        HeldColumns held = HeldColumns.ReadAll(Context, inner);
        for (int i = 0; i < held.Count; i++)
        {
            if (held[i].DropHistograms()) HistogramNotes.Ignored(Context, expr.Inner, expr.Op.Symbol());
        }
        return held;
    }

    private void Fill(int group, SeriesColumn target)
    {
        target.Clear();
        int[] members = new int[_grouping!.Sizes[group]];
        int size = 0;
        for (int i = 0; i < _grouping.GroupOf.Length; i++)
        {
            if (_grouping.GroupOf[i] == group) members[size++] = i;
        }
        if (_scratch.Length < size) _scratch = new double[size];
        for (int step = 0; step < target.Steps; step++)
        {
            int count = 0;
            foreach (int member in members)
            {
                if (_held![member].Has(step)) _scratch[count++] = _held[member].Values[step];
            }
            if (count == 0) continue;
            double q = parameter.Values[step];
            if (Quantiles.IsOutOfRange(q)) Context.Annotations.Warn(Context, expr.Parameter!, Annotations.QuantileOutOfRange(q));
            target.Set(step, Quantiles.Of(q, _scratch.AsSpan(0, count)));
        }
    }
}
