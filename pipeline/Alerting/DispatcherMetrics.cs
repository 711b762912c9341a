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
    private long _sent;
    private long _alerts;

    public DispatcherMetrics(Meter meter, Func<(int Alerts, int Groups, int Log)> sizes)
    {
        _notifications = meter.CreateCounter<long>("alertmanager_notifications_total", null, "Notifications tried.");
        _failed = meter.CreateCounter<long>("alertmanager_notifications_failed_total", null, "Notifications that failed for good.");
        _requests = meter.CreateCounter<long>("alertmanager_notification_requests_total", null, "Requests made for notifications, repeated ones included.");
        _latency = meter.CreateHistogram<double>("alertmanager_notification_latency_seconds", null, "Time of a notification with its repeats, seconds.");
        meter.CreateObservableGauge("alertmanager_dispatcher_aggregation_groups", () => sizes().Groups, null, "Alert groups there are.");
        meter.CreateObservableGauge("streamline_dispatcher_alerts", () => sizes().Alerts, null, "Alerts that the dispatcher knows.");
        meter.CreateObservableGauge("streamline_notification_log_entries", () => sizes().Log, null, "Entries of the notification log.");
    }

    /// <summary>Notifications tried since start, and the alerts in them.</summary>
    public (long Notifications, long Alerts) Totals => (Interlocked.Read(ref _sent), Interlocked.Read(ref _alerts));

    public void Notified(string integration, in NotifyResult result, int attempts, int alerts, TimeSpan elapsed)
    {
        Interlocked.Increment(ref _sent);
        Interlocked.Add(ref _alerts, alerts);
        var tag = new KeyValuePair<string, object?>("integration", integration);
        _notifications.Add(1, tag);
        _requests.Add(attempts, tag);
        _latency.Record(elapsed.TotalSeconds, tag);
        if (!result.Ok) _failed.Add(1, tag, new("reason", result.Reason));
    }
}
