using Streamline.Query.Engine;
using Streamline.Query.Operators;
using Streamline.Storage;

namespace Streamline.Query.Histograms;

/// <summary><c>histogram_count</c>, <c>histogram_sum</c>, <c>histogram_avg</c>, <c>histogram_stddev</c>, <c>histogram_stdvar</c>: a number of each native histogram; numbers are left out.</summary>
internal sealed class HistogramValueOperator(QueryContext context, Operator inner, Func<NativeHistogram, double> value) : Operator(context, inner.Grid)
{
    public override int Next(Span<SeriesColumn> columns)
    {
        int filled = inner.Next(columns);
        for (int i = 0; i < filled; i++) Map(columns[i]);
        return filled;
    }

    protected override void Release() => inner.Dispose();

    // Type and unit stay here, unlike in other functions (simpleHistogramFunc of promql/functions.go).
    protected override SeriesHeader[] ComputeHeaders() => Context.DelayedNames
        ? WithoutNames(inner.Headers())
        : [.. inner.Headers().Select(h => new SeriesHeader(Context.Builder.Reset(h.Labels).Remove(Labels.MetricName).Build()))];

    private void Map(SeriesColumn column)
    {
        if (!column.HasHistograms)
        {
            column.Clear();
            return;
        }
        for (int step = 0; step < column.Steps; step++)
        {
            if (column.HistogramAt(step) is { } histogram) column.Values[step] = value(histogram);
            else column.Remove(step);
        }
        column.ForgetHistograms();
    }
}
