using System.Globalization;
using Streamline.Pipeline.Notify;

namespace Streamline.Pipeline.Alerting;

/// <summary>The way of one group to its receivers: quiet alerts out, decide per integration, send, remember.</summary>
internal sealed partial class Dispatcher
{
    private void Flush(AlertGroup group, long now)
    {
        Schedule(group, now + group.Route.GroupIntervalMs);
        group.HasFlushed = true;
        if (group.InFlight > 0)
        {
            group.IsOverdue = true;
            return;
        }
        List<AlertUpdate> alerts = [.. group.Alerts.Values];
        alerts.Sort(static (a, b) => Compare(a, b));
        (group.Flushed, group.AllSent) = (alerts, true);
        List<AlertUpdate> loud = _model!.Muting.IsMuted(group.Route, _setup.Time.GetUtcNow())
            ? []
            : alerts.FindAll(a => !_model.Inhibitor.IsInhibited(a.Labels, now));
        if (loud.Count > 0) Notify(group, loud, now);
        if (group.InFlight == 0) EndFlush(group, now);
    }

    private void Notify(AlertGroup group, List<AlertUpdate> alerts, long now)
    {
        var notifiers = _model!.NotifiersOf(group.Route);
        for (int i = 0; i < notifiers.Count; i++)
        {
            INotifier notifier = notifiers[i];
            string key = string.Create(CultureInfo.InvariantCulture, $"{group.Key} {group.Route.Receiver}/{notifier.Integration}/{i}");
            NotificationReason reason = _log.Decide(key, alerts, notifier.SendResolved, group.Route.RepeatIntervalMs, now);
            if (reason == NotificationReason.None) continue;
            List<AlertUpdate> told = notifier.SendResolved ? alerts : alerts.FindAll(a => !a.IsResolvedAt(now));
            // Nothing to say to one that hears no resolutions, but remembered, so that the next firing is news.
            if (told.Count == 0) Remember(key, alerts, group, now);
            else Send(group, new Notification(group.Route.Receiver, group.Key, group.Labels, group.Route.Labels, told, reason, _setup.ExternalUrl, now), alerts, notifier, key);
        }
    }

    private void Send(AlertGroup group, Notification notification, IReadOnlyList<AlertUpdate> alerts, INotifier notifier, string key)
    {
        group.InFlight++;
        lock (_inboxLock)
        {
            if (_busy++ == 0) _idle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        _ = SendAsync(group, notification, alerts, notifier, key, _model!);
    }

    private async Task SendAsync(AlertGroup group, Notification notification, IReadOnlyList<AlertUpdate> alerts, INotifier notifier, string key, DispatchModel model)
    {
        long began = _setup.Time.GetTimestamp();
        var limit = TimeSpan.FromMilliseconds(Math.Max(group.Route.GroupIntervalMs, LeastFlushMs));
        NotifyResult result;
        int attempts = 1;
        try
        {
            (result, attempts) = await NotifyRetry.SendAsync(notifier, notification, limit, _setup.Time, _stopping.Token);
        }
        catch (Exception error)
        {
            // The edge of this task: an unforeseen fault of one integration is a failed notification.
            LogFault(error);
            result = NotifyResult.Failed(retry: false, "other", error.Message);
        }
        _metrics.Notified(notifier.Integration, result, attempts, alerts.Count, _setup.Time.GetElapsedTime(began));
        if (!result.Ok) LogNotSent(notification.Receiver, notifier.Integration, attempts, result.Error);
        lock (_inboxLock)
        {
            _sent.Add(new Sent(group, model, key, alerts, notifier, result, notification.NowMs));
            if (--_busy == 0) _idle.TrySetResult();
        }
        if (!_stopping.IsCancellationRequested) _thread.Wake();
    }

    private void Finish(Sent sent)
    {
        AlertGroup group = sent.Group;
        if (sent.Result.Ok) Remember(sent.LogKey, sent.Alerts, group, sent.FlushMs);
        else group.AllSent = false;
        if (--group.InFlight > 0 || !IsCurrent(group)) return;
        EndFlush(group, sent.FlushMs);
        if (!group.IsOverdue || !IsCurrent(group)) return;
        group.IsOverdue = false;
        Schedule(group, NowMs());
    }

    // A full disk must not hold the group back: at worst a restart tells it once more.
    private void Remember(string key, IReadOnlyList<AlertUpdate> alerts, AlertGroup group, long flushMs)
    {
        try
        {
            _log.Record(key, alerts, group.Route.RepeatIntervalMs, flushMs);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            LogNotRemembered(error);
        }
    }

    // All told: the resolved ones leave the group, unless they were updated meanwhile; an empty group goes.
    private void EndFlush(AlertGroup group, long flushMs)
    {
        if (group.AllSent)
        {
            foreach (AlertUpdate alert in group.Flushed)
            {
                if (alert.IsResolvedAt(flushMs) && group.Alerts.TryGetValue(alert.Labels, out AlertUpdate? now) && ReferenceEquals(now, alert)) group.Alerts.Remove(alert.Labels);
            }
        }
        group.Flushed = [];
        if (group.Alerts.Count == 0) _groups.Remove((group.Route, group.Labels));
    }

    private static int Compare(AlertUpdate a, AlertUpdate b)
    {
        int order = a.Labels.ValueOf("job"u8).SequenceCompareTo(b.Labels.ValueOf("job"u8));
        if (order == 0) order = a.Labels.ValueOf("instance"u8).SequenceCompareTo(b.Labels.ValueOf("instance"u8));
        return order != 0 ? order : a.Labels.CompareTo(b.Labels);
    }
}
