using Streamline.Pipeline.Exposition;

namespace Streamline.Pipeline.Ingest;

/// <summary>Groups as the query API shows them, the receiver's own two gauges among their families.</summary>
internal static class PushStatus
{
    public static PushGroupStatus Of(PushGroup group) => new(group.Labels, group.LastPushSucceeded,
    [
        .. group.Families.Values.Select(f => new PushFamilyStatus(f.Name, PushConsistency.NameOf(f.Type), f.Help, f.PushedAtMs, [.. f.Series.Select(Of)])),
        Own(PushGroup.PushTimeName, "Last Unix time when this group was changed by a push.", group.PushTime, group),
        Own(PushGroup.FailureTimeName, "Last Unix time when a push of this group was refused.", group.FailureTime, group),
    ]);

    private static PushFamilyStatus Own(string name, string help, PushedSeries series, PushGroup group) =>
        new(name, PushConsistency.NameOf(MetricType.Gauge), help, group.TouchedAtMs, [Of(series)]);

    private static PushSeriesStatus Of(PushedSeries series) => new(series.Labels, series.Value, series.Histogram);
}
