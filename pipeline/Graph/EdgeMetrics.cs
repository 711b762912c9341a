using System.Diagnostics.Metrics;

namespace Streamline.Pipeline.Graph;

/// <summary>The figures of every arrow of the graph as metrics, labelled <c>from</c> and <c>to</c>; drops by <c>reason</c> besides.</summary>
internal static class EdgeMetrics
{
    public static void Publish(Meter meter, Func<IReadOnlyList<EdgeStatus>> edges)
    {
        meter.CreateObservableCounter("streamline_edge_batches_total", () => edges().Select(e => Of(e, e.Batches)), description: "Batches that went over an arrow of the dataflow graph.");
        meter.CreateObservableCounter("streamline_edge_samples_total", () => edges().Select(e => Of(e, e.Samples)), description: "Samples that went over an arrow of the dataflow graph.");
        meter.CreateObservableGauge("streamline_edge_queue_batches", () => edges().Where(e => e.Capacity > 0).Select(e => Of(e, (long)e.Queue)), description: "Batches that wait in front of the box behind the arrow.");
        meter.CreateObservableGauge("streamline_edge_queue_capacity_batches", () => edges().Where(e => e.Capacity > 0).Select(e => Of(e, (long)e.Capacity)), description: "Batches that may wait there.");
        meter.CreateObservableCounter("streamline_edge_blocked_seconds_total", () => edges().Select(e => Of(e, e.BlockedSeconds)), description: "Time that senders waited for room.");
        meter.CreateObservableCounter("streamline_edge_dropped_samples_total", () => edges().SelectMany(Drops), description: "Samples dropped on the way, by reason; queue_full counts batches.");
    }

    private static IEnumerable<Measurement<long>> Drops(EdgeStatus edge) =>
        edge.Dropped.Select(drop => new Measurement<long>(drop.Value, new("from", edge.From), new("to", edge.To), new KeyValuePair<string, object?>("reason", drop.Key)));

    private static Measurement<T> Of<T>(EdgeStatus edge, T value) where T : struct => new(value, new("from", edge.From), new KeyValuePair<string, object?>("to", edge.To));
}
