using Streamline.Query.Engine;

namespace Streamline.Query.Operators;

/// <summary>The sort functions at a single step. Series without a value are left out; of equal ones the earlier stays first.</summary>
internal abstract class SortOperator(QueryContext context, Operator inner) : Operator(context, inner.Grid)
{
    private readonly List<int> _order = [];
    private HeldColumns? _held;
    private int _next;

    public sealed override int Next(Span<SeriesColumn> columns)
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

    protected sealed override void Release()
    {
        _held?.Dispose();
        inner.Dispose();
    }

    protected sealed override SeriesHeader[] ComputeHeaders()
    {
        SeriesHeader[] headers = inner.Headers();
        HeldColumns held = _held = HeldColumns.ReadAll(Context, inner);
        for (int i = 0; i < held.Count; i++)
        {
            if (held[i].Has(0) && (TakesHistograms || held[i].HistogramAt(0) is null)) _order.Add(i);
        }
        _order.Sort((a, b) =>
        {
            int order = Compare(headers[a], held[a].Values[0], headers[b], held[b].Values[0]);
            return order != 0 ? order : a.CompareTo(b);
        });
        return [.. _order.Select(i => headers[i])];
    }

    /// <summary>Whether histograms can be sorted; else they are left out.</summary>
    protected virtual bool TakesHistograms => false;

    /// <summary>Order of two series.</summary>
    protected abstract int Compare(SeriesHeader a, double aValue, SeriesHeader b, double bValue);
}

/// <summary><c>sort</c> and <c>sort_desc</c>: by value, NaN last both ways.</summary>
internal sealed class SortByValueOperator(QueryContext context, Operator inner, bool descending) : SortOperator(context, inner)
{
    protected override int Compare(SeriesHeader a, double aValue, SeriesHeader b, double bValue)
    {
        if (double.IsNaN(aValue) || double.IsNaN(bValue)) return double.IsNaN(aValue).CompareTo(double.IsNaN(bValue));
        return descending ? bValue.CompareTo(aValue) : aValue.CompareTo(bValue);
    }
}

/// <summary><c>sort_by_label</c> and <c>sort_by_label_desc</c>: by labels in natural order, at last by all labels.</summary>
internal sealed class SortByLabelOperator(QueryContext context, Operator inner, IReadOnlyList<string> names, bool descending) : SortOperator(context, inner)
{
    protected override bool TakesHistograms => true;

    protected override int Compare(SeriesHeader a, double aValue, SeriesHeader b, double bValue)
    {
        int order = 0;
        for (int i = 0; order == 0 && i < names.Count; i++) order = NaturalOrder.Compare(a.Labels.Get(names[i]), b.Labels.Get(names[i]));
        if (order == 0) order = a.Labels.CompareTo(b.Labels);
        return descending ? -order : order;
    }
}
