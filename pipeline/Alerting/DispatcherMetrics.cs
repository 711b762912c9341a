using System.Diagnostics.Metrics;
using Streamline.Pipeline.Notify;

namespace Streamline.Pipeline.Alerting;

/// <summary>The dispatcher's instruments under Alertmanager's names.</summary>
internal sealed class DispatcherMetrics
{
    private readonly Counter<long> _notifications;
    private readonly Counter<long> _failed;
    private readonly Counter<long> _requests;
    private readonly Histogram<double> _latency;

    public DispatcherMetrics(Meter meter, Func<(int Alerts, int Groups, int Log)> sizes)
    {
        _notifications = meter.CreateCounter<long>("alertmanager_notifications_total", null, "The total number of attempted notifications.");
        _failed = meter.CreateCounter<long>("alertmanager_notifications_failed_total", null, "The total number of failed notifications.");
        _requests = meter.CreateCounter<long>("alertmanager_notification_requests_total", null, "The total number of attempted notification requests.");
        _latency = meter.CreateHistogram<double>("alertmanager_notification_latency_seconds", null, "The latency of notifications in seconds.");
        meter.CreateObservableGauge("alertmanager_dispatcher_aggregation_groups", () => sizes().Groups, null, "Number of active aggregation groups.");
        meter.CreateObservableGauge("streamline_dispatcher_alerts", () => sizes().Alerts, null, "Number of alerts known to the dispatcher.");
        meter.CreateObservableGauge("streamline_notification_log_entries", () => sizes().Log, null, "Number of entries in the notification log.");
    }

    public void Notified(string integration, in NotifyResult result, int attempts, TimeSpan elapsed)
    {
        var tag = new KeyValuePair<string, object?>("integration", integration);
        _notifications.Add(1, tag);
        _requests.Add(attempts, tag);
        _latency.Record(elapsed.TotalSeconds, tag);
        if (!result.Ok) _failed.Add(1, tag, new("reason", result.Reason));
    }
}
