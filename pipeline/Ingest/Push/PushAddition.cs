using Streamline.Pipeline.Config;
using Streamline.Pipeline.Exposition;

namespace Streamline.Pipeline.Ingest;

/// <summary>
/// Adds what is pushed to what a group has (<c>mode: aggregate</c>): counters, and counts, sums and buckets of histograms and summaries add up; gauges follow the
/// configuration; what has no type, and quantiles, which nobody can add, are replaced. Series that the push does not name stay.
/// </summary>
internal static class PushAddition
{
    public static Dictionary<string, PushedFamily> Add(PushGroup group, IReadOnlyDictionary<string, PushedFamily> pushed, PushSourceConfig config)
    {
        var sums = new Dictionary<string, PushedFamily>(StringComparer.Ordinal);
        foreach (var family in pushed.Values)
        {
            if (!group.Families.TryGetValue(family.Name, out var before) || before.Type != family.Type)
            {
                sums[family.Name] = family;
                continue;
            }
            sums[family.Name] = Add(before, family, config.RuleFor(family.Name));
        }
        return sums;
    }

    private static PushedFamily Add(PushedFamily before, PushedFamily pushed, PushGaugeRule gauge)
    {
        var sum = new PushedFamily(pushed.Name) { Type = pushed.Type, Help = pushed.Help, Unit = pushed.Unit };
        var known = before.Series.ToDictionary(s => s.Labels);
        foreach (var series in pushed.Series)
        {
            known.Remove(series.Labels, out var old);
            sum.Series.Add(old is null ? series : new PushedSeries(series.Labels, IsStart(pushed, series) ? Math.Min(old.Value, series.Value) : Combine(pushed.Type, gauge, old, series), series.Histogram));
        }
        sum.Series.AddRange(known.Values.Select(s => new PushedSeries(s.Labels, s.Value, s.Histogram)));
        return sum;
    }

    // When it began, as OpenMetrics says it: the sum began with the first of its parts.
    private static bool IsStart(PushedFamily family, PushedSeries series) =>
        family.Type is MetricType.Counter or MetricType.Histogram or MetricType.Summary && series.Labels.Get("__name__") == family.Name + "_created";

    private static double Combine(MetricType type, PushGaugeRule gauge, PushedSeries before, PushedSeries pushed) => type switch
    {
        _ when pushed.Histogram is not null => pushed.Value,
        MetricType.Counter or MetricType.Histogram => before.Value + pushed.Value,
        MetricType.Summary => pushed.Labels.ValueOf("quantile"u8).IsEmpty ? before.Value + pushed.Value : pushed.Value,
        MetricType.Gauge or MetricType.GaugeHistogram => gauge switch
        {
            PushGaugeRule.Last => pushed.Value,
            PushGaugeRule.Max => Math.Max(before.Value, pushed.Value),
            PushGaugeRule.Min => Math.Min(before.Value, pushed.Value),
            PushGaugeRule.Sum => before.Value + pushed.Value,
        },
        _ => pushed.Value,
    };
}
