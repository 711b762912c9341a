using Streamline.Query.Engine;
using Streamline.Query.Kernels.Windows;
using Streamline.Query.Plan;
using Streamline.Query.Syntax;
using Streamline.Storage;

namespace Streamline.Query.Operators;

/// <summary>
/// A <c>smoothed</c> instant selector: at each step the line between the last sample at or before it and the first one behind it, both within the
/// lookback; without a sample behind, the last one holds.
/// </summary>
internal sealed class SmoothedSelectorOperator(QueryContext context, StepGrid grid, VectorSelector selector, TimeShift shift, SelectHints hints)
    : Operator(context, grid)
{
    private readonly SampleBuffer _samples = new(context.Account);
    private Selection? _selection;
    private int _next;

    public override int Next(Span<SeriesColumn> columns)
    {
        int total = Headers().Length, filled = 0;
        for (; filled < columns.Length && _next < total; filled++, _next++)
        {
            columns[filled].Index = _next;
            _samples.Read(_selection!.Open(_next));
            Fill(columns[filled]);
        }
        return filled;
    }

    protected override void Release()
    {
        _samples.Dispose();
        _selection?.Dispose();
    }

    protected override SeriesHeader[] ComputeHeaders()
    {
        if (Grid.Count == 0) return [];
        var range = new TimeRange(shift.Apply(Grid.StartMs) - Context.LookbackMs + 1, shift.Apply(Grid.EndMs) + Context.LookbackMs);
        _selection = new Selection(Context, selector.Matchers, range, hints);
        return _selection.Headers;
    }

    private void Fill(SeriesColumn column)
    {
        column.Clear();
        ReadOnlySpan<long> times = _samples.Times;
        ReadOnlySpan<double> values = _samples.Values;
        int after = 0;
        long seen = 0;
        for (int step = 0; step < Grid.Count; step++)
        {
            long atMs = shift.Apply(Grid.TimeAt(step));
            while (after < times.Length && times[after] <= atMs) after++;
            int last = after - 1;
            if (last < 0 || times[last] <= atMs - Context.LookbackMs) continue;
            bool exact = times[last] == atMs || after == times.Length || times[after] > atMs + Context.LookbackMs;
            column.Set(step, exact ? values[last] : Interpolation.At(times[last], values[last], times[after], values[after], atMs));
            seen++;
        }
        Selection.Count(Meter, column, seen);
    }
}
