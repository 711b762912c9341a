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
            if (_reader.Current.Has(0)) columns[filled].Fill(_reader.Current.Values[0]);
            else columns[filled].Clear();
        }
        return filled;
    }

    protected override void Release()
    {
        _reader?.Dispose();
        inner.Dispose();
    }

    protected override SeriesHeader[] ComputeHeaders() => inner.Headers();
}
