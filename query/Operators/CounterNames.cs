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
        if (name.IsEmpty || header.DropName || name.EndsWith("_total"u8) || name.EndsWith("_sum"u8) || name.EndsWith("_count"u8) || name.EndsWith("_bucket"u8)) return;
        if (!Presence.Any(column.Present)) return;
        var text = new StringBuilder("metric might not be a counter, name does not end in _total/_sum/_count/_bucket: ");
        LabelNames.AppendQuoted(text, Encoding.UTF8.GetString(name));
        context.Annotations.Inform(context, at, text.ToString());
    }
}
