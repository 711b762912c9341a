using System.Text;
using Streamline.Query.Engine;
using Streamline.Query.Histograms;
using Streamline.Query.Kernels;
using Streamline.Query.Syntax;
using Streamline.Storage;

namespace Streamline.Query.Operators.Aggregations;

/// <summary>
/// Sums or means of the histograms of one group, a step at a time; made when the group meets its first histogram. Steps at which numbers came first, or at
/// which exponential and custom buckets met, are lost.
/// </summary>
internal sealed class HistogramFold(QueryContext context, AggregateExpr expr, int steps, bool isMean) : IDisposable
{
    private readonly HistogramSum?[] _sums = new HistogramSum?[steps];
    private readonly ulong[] _seen = context.Account.MakeMask(steps);
    private readonly ulong[] _lost = context.Account.MakeMask(steps);
    private long _charged;

    /// <summary>
    /// Takes the histograms of a column in and out of it, and numbers at steps that are lost. <paramref name="floats"/> are the steps at which the group has numbers.
    /// </summary>
    public void Take(SeriesColumn column, SeriesHeader header, ReadOnlySpan<ulong> floats)
    {
        for (int step = 0; step < steps; step++)
        {
            if (column.HistogramAt(step) is { } histogram) Take(step, histogram, header, Presence.Has(floats, step));
        }
        column.DropHistograms();
        Presence.AndNot(column.Present, _lost);
    }

    /// <summary>Puts the results into a column that has the group's numbers.</summary>
    public void Finish(SeriesColumn target)
    {
        for (int step = 0; step < steps; step++)
        {
            if (!Presence.Has(_seen, step)) continue;
            if (target.Has(step))
            {
                context.Annotations.Warn(context, expr.Inner, "encountered a mix of histograms and floats for aggregation");
                target.Remove(step);
            }
            else if (!Presence.Has(_lost, step) && _sums[step] is { } sum)
            {
                HistogramNotes.Add(context, expr.Inner, sum.Notes & MergeNotes.ResetCollision, HistogramNotes.Aggregation);
                target.Set(step, sum.Result());
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        context.Account.Charge(-_charged);
        _charged = 0;
        Array.Clear(_sums);
    }

    private void Take(int step, NativeHistogram histogram, SeriesHeader header, bool hasFloat)
    {
        if (Presence.Has(_lost, step)) return;
        bool isFirst = !Presence.Has(_seen, step);
        Presence.Set(_seen, step);
        if (_sums[step] is not { } sum)
        {
            // Numbers that came first make the group worthless already.
            if (hasFloat || !isFirst) return;
            int weight = HistogramWeight.Of(histogram);
            context.Account.Charge(weight);
            _charged += weight;
            (_sums[step] = new HistogramSum(isMean)).Start(histogram);
            return;
        }
        MergeNotes before = sum.Notes;
        sum.Add(histogram);
        MergeNotes added = sum.Notes & ~before;
        HistogramNotes.Add(context, expr.Inner, added & MergeNotes.BoundsReconciled, HistogramNotes.Aggregation);
        if ((added & MergeNotes.Incompatible) != 0) Lose(step, header);
    }

    private void Lose(int step, SeriesHeader header)
    {
        Presence.Set(_lost, step);
        _sums[step] = null;
        var text = new StringBuilder("vector contains a mix of histograms with exponential and custom buckets schemas for metric name ");
        LabelNames.AppendQuoted(text, Encoding.UTF8.GetString(header.Labels.ValueOf(Labels.MetricName)));
        context.Annotations.Warn(context, expr.Inner, text.ToString());
    }
}
