using Streamline.Query.Engine;
using Streamline.Query.Histograms;
using Streamline.Query.Histograms.Ranges;
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
    private readonly HistogramInterpolation _interpolation = new();
    private readonly RangeNotes _notes = new(context, selector);
    private Selection? _selection;
    private int _next;

    public override int Next(Span<SeriesColumn> columns)
    {
        int total = Headers().Length, filled = 0;
        for (; filled < columns.Length && _next < total; filled++, _next++)
        {
            columns[filled].Index = _next;
            _samples.Read(_selection!.Open(_next));
            columns[filled].Clear();
            Fill(columns[filled]);
            if (_samples.Histograms.Count > 0) FillHistograms(columns[filled]);
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

    /// <summary>The same for histograms; where both kinds are within the lookback on either side, there is nothing.</summary>
    private void FillHistograms(SeriesColumn column)
    {
        _notes.Begin(_selection!.Headers[column.Index].Labels);
        ReadOnlySpan<long> times = _samples.Histograms.Times;
        int after = 0;
        for (int step = 0; step < Grid.Count; step++)
        {
            long atMs = shift.Apply(Grid.TimeAt(step));
            while (after < times.Length && times[after] <= atMs) after++;
            bool hasBefore = after > 0 && times[after - 1] > atMs - Context.LookbackMs, hasAfter = after < times.Length && times[after] <= atMs + Context.LookbackMs;
            if (!hasBefore && !hasAfter) continue;
            if (HasFloats(atMs))
            {
                _notes.Mixed();
                column.Remove(step);
            }
            else if (hasBefore && Between(after - 1, hasAfter ? after : -1, atMs) is { } histogram) column.Set(step, histogram);
        }
    }

    private NativeHistogram? Between(int before, int after, long atMs)
    {
        HistogramBuffer samples = _samples.Histograms;
        NativeHistogram earlier = samples.Items[before];
        if (samples.Times[before] == atMs) return earlier;
        // Hints speak of neighbouring samples, and this is none.
        if (after < 0) return earlier.WithHint(CounterResetHint.Unknown);
        NativeHistogram later = samples.Items[after];
        if (earlier.HasCustomBuckets != later.HasCustomBuckets)
        {
            _notes.MixedSchemas();
            return null;
        }
        bool isCounter = earlier.ResetHint != CounterResetHint.Gauge || later.ResetHint != CounterResetHint.Gauge;
        NativeHistogram? result = _interpolation.At(earlier, samples.Times[before], later, samples.Times[after], atMs, isCounter, out MergeNotes merged, out string operation);
        _notes.Merged(merged & MergeNotes.BoundsReconciled, operation);
        return result;
    }

    private bool HasFloats(long atMs)
    {
        foreach (long time in _samples.Times)
        {
            if (time > atMs - Context.LookbackMs && time <= atMs + Context.LookbackMs) return true;
        }
        return false;
    }
}
