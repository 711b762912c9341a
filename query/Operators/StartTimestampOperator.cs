using Streamline.Query.Engine;
using Streamline.Query.Plan;
using Streamline.Storage;

namespace Streamline.Query.Operators;

/// <summary><c>start_timestamp(selector)</c>: when the newest sample's counter began, in seconds; 0 when it is not known.</summary>
internal sealed class StartTimestampOperator(QueryContext context, StepGrid grid, IReadOnlyList<LabelMatcher> matchers, TimeShift shift, SelectHints hints)
    : Operator(context, grid)
{
    private readonly MixedSelection _samples = new(context, grid, shift);
    private Selection? _selection;
    private int _next;

    public override int Next(Span<SeriesColumn> columns)
    {
        int total = Headers().Length, filled = 0;
        for (; filled < columns.Length && _next < total; filled++, _next++)
        {
            columns[filled].Index = _next;
            _samples.Fill(_selection!.Open(_next), columns[filled], SampleReads.Starts);
        }
        return filled;
    }

    protected override void Release() => _selection?.Dispose();

    protected override SeriesHeader[] ComputeHeaders()
    {
        if (Grid.Count == 0) return [];
        var range = new TimeRange(shift.Apply(Grid.StartMs) - Context.LookbackMs + 1, shift.Apply(Grid.EndMs));
        _selection = new Selection(Context, matchers, range, hints);
        return WithoutNames(_selection.Headers);
    }
}

/// <summary>A node that evaluates its input, whose errors count, and gives nothing.</summary>
internal sealed class NothingOperator(QueryContext context, Operator inner) : Operator(context, inner.Grid)
{
    public override int Next(Span<SeriesColumn> columns)
    {
        while (inner.Next(columns) > 0) Context.CheckCancelled();
        return 0;
    }

    protected override void Release() => inner.Dispose();

    protected override SeriesHeader[] ComputeHeaders()
    {
        inner.Headers();
        return [];
    }
}
