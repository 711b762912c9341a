using Streamline.Query.Engine;
using Streamline.Query.Kernels;
using Streamline.Query.Kernels.Windows;
using Streamline.Query.Syntax;
using Streamline.Storage;

namespace Streamline.Query.Operators;

/// <summary>Where the windows of a range function come from: a range selector or a subquery. Series after series, in the order of the headers.</summary>
internal abstract class RangeSource(WindowGrid windows) : IDisposable
{
    /// <summary>The windows to cut.</summary>
    public WindowGrid Windows { get; } = windows;

    /// <summary>How the ranges end.</summary>
    public virtual RangeBoundary Boundary => RangeBoundary.Plain;

    /// <summary>Labels of all series.</summary>
    public abstract SeriesHeader[] Headers();

    /// <summary>Reads the next series; false at the end.</summary>
    public abstract bool Next(SampleBuffer samples);

    /// <summary>Whether series may be read in any order and by several lanes, with <see cref="ReadAt"/>.</summary>
    public virtual bool HasLanes => false;

    /// <summary>Reads one series.</summary>
    public virtual void ReadAt(int index, int lane, SampleBuffer samples) => throw new NotSupportedException();

    /// <inheritdoc/>
    public abstract void Dispose();
}

/// <summary>Series read from the store.</summary>
internal sealed class SelectorSource(QueryContext context, WindowGrid windows, MatrixSelector selector, SelectHints hints, bool statistics)
    : RangeSource(windows)
{
    private Selection? _selection;
    private int _next;

    public override SeriesHeader[] Headers()
    {
        if (Windows.Steps.Count == 0) return [];
        var range = new TimeRange(
            Windows.FirstEndMs - Windows.RangeMs - Windows.ReachMs + 1,
            Windows.LastEndMs + (selector.Vector.Boundary == RangeBoundary.Smoothed ? Windows.ReachMs : 0));
        _selection ??= new Selection(context, selector.Vector.Matchers, range, hints, statistics);
        return _selection.Headers;
    }

    public override bool Next(SampleBuffer samples)
    {
        if (_next == Headers().Length) return false;
        samples.Read(_selection!.Open(_next++));
        return true;
    }

    public override RangeBoundary Boundary => selector.Vector.Boundary;

    public override bool HasLanes => true;

    public override void ReadAt(int index, int lane, SampleBuffer samples) => samples.Read(_selection!.Open(index, lane));

    public override void Dispose() => _selection?.Dispose();
}

/// <summary>Series computed by an inner plan on its own grid, once; the windows are cut from its columns.</summary>
internal sealed class SubquerySource(QueryContext context, WindowGrid windows, Operator inner) : RangeSource(windows)
{
    private ColumnReader? _reader;

    public override SeriesHeader[] Headers() => inner.Headers();

    public override bool Next(SampleBuffer samples)
    {
        _reader ??= new ColumnReader(context, inner);
        if (!_reader.MoveNext()) return false;
        samples.Clear();
        SeriesColumn column = _reader.Current;
        for (int step = 0; step < column.Steps; step++)
        {
            if (!Presence.Has(column.Present, step)) continue;
            if (column.HistogramAt(step) is { } histogram) samples.Histograms.Add(inner.Grid.TimeAt(step), Unhinted(histogram));
            else samples.Add(inner.Grid.TimeAt(step), column.Values[step]);
        }
        return true;
    }

    public override void Dispose()
    {
        _reader?.Dispose();
        inner.Dispose();
    }

    /// <summary>Hints speak of the sample before, which the subquery's steps may have left out or taken twice.</summary>
    private static NativeHistogram Unhinted(NativeHistogram histogram) =>
        histogram.ResetHint == CounterResetHint.Gauge ? histogram : histogram.WithHint(CounterResetHint.Unknown);
}
