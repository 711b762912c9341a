using System.Text;
using Streamline.Query.Engine;
using Streamline.Query.Kernels;
using Streamline.Query.Syntax;

namespace Streamline.Query.Operators.Aggregations;

/// <summary><c>limitk</c>: the first k series of each group at each step; they stream through and lose the steps at which k stand before them.</summary>
internal sealed class LimitOperator(QueryContext context, Operator inner, AggregateExpr expr, ScalarParameter parameter) : Operator(context, inner.Grid)
{
    private Grouping? _grouping;
    private int[] _ks = [];
    private int[] _taken = [];

    public override int Next(Span<SeriesColumn> columns)
    {
        Headers();
        int filled = inner.Next(columns);
        for (int i = 0; i < filled; i++) Cut(columns[i]);
        return filled;
    }

    protected override SeriesHeader[] ComputeHeaders()
    {
        SeriesHeader[] headers = inner.Headers();
        _grouping = Grouping.Of(Context, headers, expr);
        _ks = CountParameter.Of(parameter, Grid.Count, headers.Length);
        int counts = checked(_grouping.Headers.Length * Grid.Count);
        Context.Account.Charge(counts);
        _taken = new int[counts];
        return headers;
    }

    protected override void Release()
    {
        Context.Account.Charge(-_taken.Length);
        _taken = [];
        parameter.Dispose();
        inner.Dispose();
    }

    private void Cut(SeriesColumn column)
    {
        Span<int> taken = _taken.AsSpan(_grouping!.GroupOf[column.Index] * Grid.Count, Grid.Count);
        for (int step = 0; step < column.Steps; step++)
        {
            if (!column.Has(step)) continue;
            if (taken[step] < _ks[step]) taken[step]++;
            else Presence.Clear(column.Present, step);
        }
    }
}

/// <summary>
/// <c>limit_ratio</c>: series whose label hash, as a part of all hashes, lies below the ratio; a negative ratio takes the others, so that r and r - 1
/// complete each other.
/// </summary>
internal sealed class LimitRatioOperator(QueryContext context, Operator inner, AggregateExpr expr, ScalarParameter parameter) : Operator(context, inner.Grid)
{
    private double[] _ratios = [];

    public override int Next(Span<SeriesColumn> columns)
    {
        SeriesHeader[] headers = Headers();
        int filled = inner.Next(columns);
        for (int i = 0; i < filled; i++) Cut(columns[i], headers[columns[i].Index].Labels.Hash / (double)ulong.MaxValue);
        return filled;
    }

    protected override SeriesHeader[] ComputeHeaders()
    {
        _ratios = new double[Grid.Count];
        for (int step = 0; step < _ratios.Length; step++) _ratios[step] = Ratio(parameter.Values[step]);
        return inner.Headers();
    }

    protected override void Release()
    {
        parameter.Dispose();
        inner.Dispose();
    }

    private void Cut(SeriesColumn column, double place)
    {
        for (int step = 0; step < column.Steps; step++)
        {
            double ratio = _ratios[step];
            bool taken = ratio >= 1 || (ratio >= 0 ? place < ratio : place >= 1 + ratio);
            if (!taken) Presence.Clear(column.Present, step);
        }
    }

    private double Ratio(double ratio)
    {
        if (double.IsNaN(ratio)) throw new QueryException(QueryErrorKind.Execution, "Ratio value is NaN");
        if (ratio is >= -1 and <= 1) return ratio;
        var text = new StringBuilder("ratio value should be between -1 and 1, got ");
        GoNumbers.AppendGeneral(text, ratio);
        int capped = ratio > 0 ? 1 : -1;
        Context.Annotations.Warn(Context, expr.Parameter!, text.Append(", capping to ").Append(capped).ToString());
        return capped;
    }
}
