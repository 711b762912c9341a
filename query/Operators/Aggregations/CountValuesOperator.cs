using System.Text;
using Streamline.Query.Engine;
using Streamline.Query.Histograms;
using Streamline.Query.Syntax;
using Streamline.Storage;

namespace Streamline.Query.Operators.Aggregations;

/// <summary><c>count_values</c>: its labels are values, so the whole input is read before the headers are known. One column per (group, value).</summary>
internal sealed class CountValuesOperator(QueryContext context, Operator inner, AggregateExpr expr, string label) : Operator(context, inner.Grid)
{
    // An entry of the dictionary of values.
    private const int KeyBytes = 48;

    private readonly List<SeriesColumn> _counts = [];
    private int _next;

    public override int Next(Span<SeriesColumn> columns)
    {
        Headers();
        int filled = 0;
        for (; filled < columns.Length && _next < _counts.Count; filled++, _next++)
        {
            columns[filled].Index = _next;
            columns[filled].CopyFrom(_counts[_next]);
        }
        return filled;
    }

    protected override void Release()
    {
        foreach (SeriesColumn column in _counts) Context.Account.Return(column);
        _counts.Clear();
        inner.Dispose();
    }

    protected override SeriesHeader[] ComputeHeaders()
    {
        Grouping grouping = Grouping.Of(Context, inner.Headers(), expr);
        var indexOf = new Dictionary<Labels, int>();
        var byBits = new Dictionary<(int Group, long Bits), int>();
        var headers = new List<SeriesHeader>();
        using var reader = new ColumnReader(Context, inner);
        while (reader.MoveNext())
        {
            SeriesColumn series = reader.Current;
            int group = grouping.GroupOf[series.Index];
            for (int step = 0; step < series.Steps; step++)
            {
                if (!series.Has(step)) continue;
                if (series.HistogramAt(step) is { } histogram)
                {
                    Count(IndexOf(grouping.Headers[group], HistogramText.Of(histogram), indexOf, headers), step);
                    continue;
                }
                var key = (group, BitConverter.DoubleToInt64Bits(series.Values[step]));
                if (!byBits.TryGetValue(key, out int index))
                {
                    Context.Account.ChargeBytes(KeyBytes);
                    index = byBits[key] = IndexOf(grouping.Headers[group], Text(series.Values[step]), indexOf, headers);
                }
                Count(index, step);
            }
        }
        return [.. headers];
    }

    private void Count(int index, int step)
    {
        SeriesColumn counts = _counts[index];
        counts.Set(step, counts.Has(step) ? counts.Values[step] + 1 : 1);
    }

    private static string Text(double value)
    {
        var text = new StringBuilder();
        GoNumbers.AppendPlain(text, value);
        return text.ToString();
    }

    private int IndexOf(SeriesHeader group, string value, Dictionary<Labels, int> indexOf, List<SeriesHeader> headers)
    {
        Labels labels = Context.Builder.Reset(group.Labels).Set(label, value).Build();
        if (indexOf.TryGetValue(labels, out int index)) return index;
        headers.Add(group with { Labels = labels });
        _counts.Add(Context.Account.RentColumn(Grid.Count));
        return indexOf[labels] = _counts.Count - 1;
    }
}
