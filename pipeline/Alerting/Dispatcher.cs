using Streamline.Pipeline.Notify;
using Streamline.Storage;

namespace Streamline.Pipeline.Alerting;

/// <summary>
/// Groups alerts along the route tree and tells each group's receivers after group_wait, then each group_interval when there is news, and again after
/// repeat_interval. One thread owns all state; updates and the ends of notifications come to it through a bounded inbox; sending runs on the pool.
/// </summary>
internal sealed partial class Dispatcher : IAlertTarget, IDisposable
{
    private const int MaxInbox = 65_536;          // updates not looked at yet; a rule offers again what found no room
    private const long MaintenanceMs = 30_000;    // as --dispatch.maintenance-interval
    private const long LeastFlushMs = 10_000;     // shortest time that the notifications of a flush may take

    private readonly DispatcherSetup _setup;
    private readonly DispatcherMetrics _metrics;
    private readonly NotificationLog _log;
    private readonly WorkerThread _thread;
    private readonly CancellationTokenSource _stopping = new();

    // Shared: guarded by _inboxLock.
    private readonly Lock _inboxLock = new();
    private List<AlertUpdate> _inbox = [];
    private List<Sent> _sent = [];
    private DispatchModel? _nextModel;
    private TaskCompletionSource? _drained;
    private TaskCompletionSource _idle = Completed();
    private int _busy;

    // Dispatcher thread only.
    private readonly Dictionary<Labels, AlertUpdate> _alerts = [];
    private readonly Dictionary<(Route Route, Labels Labels), AlertGroup> _groups = [];
    private readonly PriorityQueue<AlertGroup, long> _timers = new();
    private readonly List<Route> _matched = [];
    private DispatchModel? _model;
    private List<AlertUpdate> _spareInbox = [];
    private List<Sent> _spareSent = [];
    private long _nextMaintenanceMs;

    public Dispatcher(DispatcherSetup setup)
    {
        _setup = setup;
        _log = new NotificationLog(setup.JournalPath, NowMs());
        if (_log.Damage is { } damage) LogDamage(damage);
        _metrics = new DispatcherMetrics(setup.Meter, () => (_alerts.Count, _groups.Count, _log.Count));
        _thread = new WorkerThread("dispatch", setup.Time, RunDue, LogFault);
        _nextMaintenanceMs = NowMs() + MaintenanceMs;
    }

    /// <summary>A notification that has come to its end.</summary>
    private sealed record Sent(AlertGroup Group, DispatchModel Model, string LogKey, IReadOnlyList<AlertUpdate> Alerts, INotifier Notifier, NotifyResult Result, long FlushMs);

    /// <summary>Puts a model in place with the next work; groups are built anew from the alerts known, the notification log keeps them from being told twice.</summary>
    public void Commit(DispatchModel model)
    {
        lock (_inboxLock) _nextModel = model;
        _thread.Wake();
    }

    /// <summary>Notifications tried since start, and the alerts in them.</summary>
    public (long Notifications, long Alerts) Notified => _metrics.Totals;

    public void Start() => _thread.Start();

    public int Post(ReadOnlySpan<AlertUpdate> updates)
    {
        int taken;
        lock (_inboxLock)
        {
            taken = Math.Min(updates.Length, MaxInbox - _inbox.Count);
            _inbox.AddRange(updates[..taken]);
        }
        _thread.Wake();
        return taken;
    }

    /// <summary>Ends when no notification is on its way: for shutdown and tests. Their ends are taken note of by the next <see cref="RunDue"/>.</summary>
    public Task WhenIdle()
    {
        lock (_inboxLock) return _idle.Task;
    }

    /// <summary>
    /// For shutdown, after the rules have ended: lets what was posted and is due be sent, for at most <paramref name="limit"/>. Groups that still wait are told after
    /// the next start. The thread must run.
    /// </summary>
    public async Task DrainAsync(TimeSpan limit)
    {
        using var deadline = new CancellationTokenSource(limit, _setup.Time);
        Task drained;
        lock (_inboxLock) drained = (_drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        _thread.Wake();
        try
        {
            await drained.WaitAsync(deadline.Token);
            await WhenIdle().WaitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            // Out of time: what was not sent is not in the notification log, so the next process sends it.
        }
    }

    /// <summary>Ends the thread; what is on its way is cancelled.</summary>
    public void Dispose()
    {
        if (_stopping.IsCancellationRequested) return;
        _stopping.Cancel();
        _thread.Dispose();
        // The thread has ended, so its state is this thread's: what was sent last is still remembered.
        TakeInbox();
        _log.Dispose();
        _model?.Dispose();
        _stopping.Dispose();
    }

    /// <summary>Does all that is due and returns the time of the next work, ms since the epoch.</summary>
    public long RunDue()
    {
        TaskCompletionSource? drained = TakeInbox();
        long now = NowMs();
        while (_timers.TryPeek(out AlertGroup? group, out long due) && due <= now)
        {
            _timers.Dequeue();
            if (group.NextFlushMs == due && IsCurrent(group)) Flush(group, now);
        }
        if (now >= _nextMaintenanceMs) Maintain(now);
        drained?.TrySetResult();
        return _timers.TryPeek(out _, out long next) ? Math.Min(next, _nextMaintenanceMs) : _nextMaintenanceMs;
    }

    private static TaskCompletionSource Completed()
    {
        var source = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        source.SetResult();
        return source;
    }

    private long NowMs() => _setup.Time.GetUtcNow().ToUnixTimeMilliseconds();

    private bool IsCurrent(AlertGroup group) => _groups.TryGetValue((group.Route, group.Labels), out AlertGroup? current) && ReferenceEquals(current, group);

    private TaskCompletionSource? TakeInbox()
    {
        DispatchModel? model;
        TaskCompletionSource? drained;
        lock (_inboxLock)
        {
            (_inbox, _spareInbox) = (_spareInbox, _inbox);
            (_sent, _spareSent) = (_spareSent, _sent);
            (model, _nextModel) = (_nextModel, null);
            (drained, _drained) = (_drained, null);
        }
        if (model is not null) Replace(model);
        foreach (Sent sent in _spareSent) Finish(sent);
        foreach (AlertUpdate update in _spareInbox) Observe(update);
        _spareInbox.Clear();
        _spareSent.Clear();
        return drained;
    }

    private void Replace(DispatchModel model)
    {
        DispatchModel? old = _model;
        _model = model;
        _groups.Clear();
        _timers.Clear();
        foreach (AlertUpdate alert in _alerts.Values) model.Inhibitor.Observe(alert);
        foreach (AlertUpdate alert in _alerts.Values) Insert(alert);
        old?.Dispose();
    }

    private void Observe(AlertUpdate update)
    {
        _alerts[update.Labels] = update;
        if (_model is null) return;
        _model.Inhibitor.Observe(update);
        Insert(update);
    }

    private void Insert(AlertUpdate alert)
    {
        _matched.Clear();
        _model!.Root.Match(alert.Labels, _matched);
        foreach (Route route in _matched) Insert(alert, route);
    }

    private void Insert(AlertUpdate alert, Route route)
    {
        Labels labels = route.GroupLabels(alert.Labels);
        if (!_groups.TryGetValue((route, labels), out AlertGroup? group))
        {
            _groups[(route, labels)] = group = new AlertGroup(route, labels);
            Schedule(group, NowMs() + route.GroupWaitMs);
        }
        group.Alerts[alert.Labels] = alert;
        // An alert that began long ago has waited enough (Alertmanager flushes such a group at once).
        if (!group.HasFlushed && alert.StartsAtMs + route.GroupWaitMs < NowMs()) Schedule(group, NowMs());
    }

    private void Schedule(AlertGroup group, long atMs)
    {
        if (group.NextFlushMs == atMs) return;
        group.NextFlushMs = atMs;
        _timers.Enqueue(group, atMs);
    }

    private void Maintain(long now)
    {
        _nextMaintenanceMs = now + MaintenanceMs;
        _log.Expire(now);
        foreach (var (labels, alert) in _alerts)
        {
            if (alert.IsResolvedAt(now) && now - alert.UpdatedAtMs > MaintenanceMs) _alerts.Remove(labels);
        }
    }
}
