using Streamline.Query.Engine;
using Streamline.Query.Plan;

namespace Streamline.Query.Operators;

/// <summary>A part of the query whose selectors are all pinned by <c>@</c>: evaluated at one step, the result holds at all.</summary>
internal sealed class StepInvariantOperator(QueryContext context, StepGrid grid, Operator inner) : Operator(context, grid)
{
    private ColumnReader? _reader;

    public override int Next(Span<SeriesColumn> columns)
    {
        _reader ??= new ColumnReader(Context, inner);
        int filled = 0;
        for (; filled < columns.Length && _reader.MoveNext(); filled++)
        {
            columns[filled].Index = _reader.Current.Index;
            Repeat(_reader.Current, columns[filled]);
        }
        return filled;
    }

    private static void Repeat(SeriesColumn single, SeriesColumn column)
    {
        column.Clear();
        if (single.HistogramAt(0) is { } histogram)
        {
            for (int step = 0; step < column.Steps; step++) column.Set(step, histogram);
        }
        else if (single.Has(0)) column.Fill(single.Values[0]);
    }

    protected override void Release()
    {
        _reader?.Dispose();
        inner.Dispose();
    }

    protected override SeriesHeader[] ComputeHeaders() => inner.Headers();
}
