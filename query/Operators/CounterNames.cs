using System.Text;
using Streamline.Query.Engine;
using Streamline.Query.Kernels;
using Streamline.Query.Syntax;
using Streamline.Storage;

namespace Streamline.Query.Operators;

/// <summary>The hint that <c>rate</c> and <c>increase</c> are for counters, judged by the metric's name.</summary>
internal static class CounterNames
{
    /// <summary>Adds the hint when the column has a value and the name has no counter's suffix.</summary>
    public static void Check(QueryContext context, Expr at, SeriesHeader header, SeriesColumn column)
    {
        ReadOnlySpan<byte> name = header.Labels.ValueOf(Labels.MetricName);
        if (name.IsEmpty || header.DropName) return;
        string? type = null;
        if (context.Options.TypeAndUnitLabels)
        {
            type = header.Labels.Get("__type__");
            if (type is "counter" or "histogram") return;
        }
        else if (name.EndsWith("_total"u8) || name.EndsWith("_sum"u8) || name.EndsWith("_count"u8) || name.EndsWith("_bucket"u8)) return;
        if (!HasNumbers(column)) return;
        var text = new StringBuilder("metric might not be a counter, ");
        if (type is null) text.Append("name does not end in _total/_sum/_count/_bucket: ");
        else
        {
            text.Append("__type__ label is not set to \"counter\" or \"histogram\", got ");
            LabelNames.AppendQuoted(text, type);
            text.Append(": ");
        }
        LabelNames.AppendQuoted(text, Encoding.UTF8.GetString(name));
        context.Annotations.Inform(context, at, text.ToString());
    }

    /// <summary>Histograms say themselves what they are.</summary>
    private static bool HasNumbers(SeriesColumn column)
    {
        if (!column.HasHistograms) return Presence.Any(column.Present);
        for (int step = 0; step < column.Steps; step++)
        {
            if (column.Has(step) && column.HistogramAt(step) is null) return true;
        }
        return false;
    }
}
