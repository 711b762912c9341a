using System.Text;
using Streamline.Query.Engine;
using Streamline.Query.Syntax;
using Streamline.Storage;

namespace Streamline.Query.Operators.Aggregations;

/// <summary>Which group each series of a vector belongs to; groups are numbered by first appearance.</summary>
internal sealed class Grouping
{
    private Grouping(int[] groupOf, SeriesHeader[] headers, int[] sizes) => (GroupOf, Headers, Sizes) = (groupOf, headers, sizes);

    /// <summary>Group of each series.</summary>
    public int[] GroupOf { get; }

    /// <summary>Labels of each group.</summary>
    public SeriesHeader[] Headers { get; }

    /// <summary>Series in each group.</summary>
    public int[] Sizes { get; }

    /// <summary>Groups series by the labels of an aggregation.</summary>
    public static Grouping Of(QueryContext context, SeriesHeader[] series, AggregateExpr expr)
    {
        byte[][] names = [.. expr.Grouping.Select(Encoding.UTF8.GetBytes)];
        int[] groupOf = new int[series.Length];
        var numbers = new Dictionary<Labels, int>();
        var headers = new List<SeriesHeader>();
        var sizes = new List<int>();
        for (int i = 0; i < series.Length; i++)
        {
            Labels labels = expr.Without ? LabelSubset.Without(context.Builder, series[i].Labels, names) : LabelSubset.By(context.Builder, series[i].Labels, names);
            if (numbers.TryAdd(labels, headers.Count))
            {
                headers.Add(new SeriesHeader(labels));
                sizes.Add(0);
            }
            int group = groupOf[i] = numbers[labels];
            sizes[group]++;
            if (series[i].DropName) headers[group] = headers[group] with { DropName = true };
        }
        return new Grouping(groupOf, [.. headers], [.. sizes]);
    }
}

/// <summary>Parts of label sets, for groups and signatures.</summary>
internal static class LabelSubset
{
    /// <summary>Only the named labels.</summary>
    public static Labels By(LabelsBuilder builder, Labels labels, byte[][] names)
    {
        if (names.Length == 0) return Labels.Empty;
        builder.Clear();
        foreach (byte[] name in names)
        {
            ReadOnlySpan<byte> value = labels.ValueOf(name);
            if (!value.IsEmpty) builder.Set(name, value);
        }
        return builder.Build();
    }

    /// <summary>All but the named labels and the metric name.</summary>
    public static Labels Without(LabelsBuilder builder, Labels labels, byte[][] names)
    {
        builder.Reset(labels).Remove(Labels.MetricName);
        foreach (byte[] name in names) builder.Remove(name);
        return builder.Build();
    }
}
