using Streamline.Query.Engine;

namespace Streamline.Query.Operators;

/// <summary><c>sort</c> and <c>sort_desc</c> at a single step: by value, NaN last both ways. Series without a value are left out.</summary>
internal sealed class SortOperator(QueryContext context, Operator inner, bool descending) : Operator(context, inner.Grid)
{
    private readonly List<int> _order = [];
    private HeldColumns? _held;
    private int _next;

    public override int Next(Span<SeriesColumn> columns)
    {
        Headers();
        int filled = 0;
        for (; filled < columns.Length && _next < _order.Count; filled++, _next++)
        {
            columns[filled].Index = _next;
            columns[filled].CopyFrom(_held![_order[_next]]);
        }
        return filled;
    }

    protected override void Release()
    {
        _held?.Dispose();
        inner.Dispose();
    }

    protected override SeriesHeader[] ComputeHeaders()
    {
        SeriesHeader[] headers = inner.Headers();
        _held = HeldColumns.ReadAll(Context, inner);
        for (int i = 0; i < _held.Count; i++)
        {
            if (_held[i].Has(0)) _order.Add(i);
        }
        _order.Sort((a, b) => Compare(_held[a].Values[0], _held[b].Values[0]) is var order && order != 0 ? order : a.CompareTo(b));
        return [.. _order.Select(i => headers[i])];
    }

    private int Compare(double a, double b)
    {
        if (double.IsNaN(a) || double.IsNaN(b)) return double.IsNaN(a).CompareTo(double.IsNaN(b));
        return descending ? b.CompareTo(a) : a.CompareTo(b);
    }
}
