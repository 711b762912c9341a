using Microsoft.Extensions.Logging;
using Streamline.Pipeline.Config;
using Streamline.Pipeline.Discovery;
using Streamline.Pipeline.Exposition;
using Streamline.Pipeline.Stages;
using Streamline.Storage;

namespace Streamline.Pipeline.Scrape;

/// <summary>
/// The scrapes of one target, one at a time: 1. fetch, 2. body to batch, or on any failure stale markers instead, 3. report series, 4. send; the commit
/// tells on its own thread what it refused. A tick that finds the scrape before still running is skipped and counted.
/// </summary>
internal sealed partial class ScrapeLoop : IScheduled, IDisposable
{
    private readonly ScrapeManager _manager;
    private readonly ScrapeSource _source;
    private readonly TargetModel _model;
    private readonly SourceMetadata _metadata;
    private readonly TargetAppender _appender;
    private readonly ScrapeClient _client;
    private readonly Action<CommitResult> _onCommitted;
    private readonly ulong _hash;

    // Start of a scrape against stop: no scrape starts once _stopped is set.
    private readonly Lock _gate = new();
    private volatile bool _stopped;
    private CancellationTokenSource _cancel = new();

    // From fetch to send; then until the batch is stored; then, rarely, the samples of series that had left the head once more.
    private Task _current = Task.CompletedTask;
    private Task _stored = Task.CompletedTask;
    private Task _again = Task.CompletedTask;
    private long _lateTick;

    private IDisposable? _schedule;
    private ScrapeOutcome _outcome;

    // Only the running scrape touches these.
    private int _lastSamples;
    private int _lastBytes;
    private long _lastStart;
    private Sent _sent;

    public ScrapeLoop(ScrapeManager manager, ScrapeSource source, TargetModel model, ScrapeLoop? before = null)
    {
        _manager = manager;
        _source = source;
        _model = model;
        Discovered = model.Discovered;
        _metadata = manager.Metadata.Add();
        _client = source.ClientFor(model.Switches.UnixSocket);
        _appender = new TargetAppender(source.Config, FormatsOf(source, manager, model), model.Labels, source.MetricRelabeler, _metadata, manager.Metrics, before?._appender);
        _onCommitted = OnCommitted;
        _hash = model.Labels.Hash ^ Labels.Of(("url", model.Url?.AbsoluteUri ?? "")).Hash ^ manager.Options.Seed;
        _outcome = model.Error is null ? new ScrapeOutcome("unknown", "", 0, TimeSpan.Zero) : new ScrapeOutcome("down", model.Error, 0, TimeSpan.Zero);
    }

    private static TargetFormats FormatsOf(ScrapeSource source, ScrapeManager manager, TargetModel model)
    {
        var formats = TargetFormats.Of(source.Config, manager.Options.Features);
        return formats with
        {
            Options = formats.Options with
            {
                NativeHistograms = model.Switches.ScrapeNative ?? formats.Options.NativeHistograms,
                KeepClassic = model.Switches.AlwaysClassic ?? formats.Options.KeepClassic,
                ConvertClassic = model.Switches.ConvertClassic ?? formats.Options.ConvertClassic,
            },
        };
    }

    private sealed record ScrapeOutcome(string Health, string Error, long StartedMs, TimeSpan Duration);

    /// <summary>Why the target is not asked although it is valid; it counts as down then. Null when nothing is in the way.</summary>
    public string? ForcedError { get; set; }

    public TargetModel Model => _model;

    /// <summary>Labels before relabelling, as discovery gave them last.</summary>
    public Labels Discovered { get; set; }

    /// <summary>Ends with the scrape that runs now, its samples stored or refused; never faults.</summary>
    public async Task WhenIdleAsync()
    {
        await Read(ref _current).ConfigureAwait(false);
        await Read(ref _stored).ConfigureAwait(false);
        await Read(ref _again).ConfigureAwait(false);
    }

    private TimeProvider Time => _manager.Options.Time;

    private long NowMs => Time.GetUtcNow().ToUnixTimeMilliseconds();

    public void Start() => _schedule = _manager.Scheduler.Add(this, _model.Interval, _hash);

    /// <inheritdoc/>
    public void Run(long scheduledMs)
    {
        lock (_gate)
        {
            if (_stopped) return;
            if (_manager.Options.IsShortOfMemory() && IsHeld(scheduledMs)) _manager.Metrics.Held.Add(1);
            else if (IsIdle) _current = RunAsync(scheduledMs);
            else if (_cancel.IsCancellationRequested) _lateTick = scheduledMs;
            else _manager.Metrics.Skipped.Add(1);
        }
    }

    // Low priority waits until there is memory again, normal priority is halved.
    private bool IsHeld(long scheduledMs) => _source.Config.Priority switch
    {
        ScrapePriority.Low => true,
        ScrapePriority.Normal => (scheduledMs / Math.Max(1, (long)_model.Interval.TotalMilliseconds) & 1) != 0,
        ScrapePriority.High => false,
    };

    private bool IsIdle => _current.IsCompleted && _stored.IsCompleted && _again.IsCompleted;

    private Task Read(ref Task task)
    {
        lock (_gate) return task;
    }

    /// <summary>Ends without a trace in the data: a running fetch is called off, a batch on its way is waited for.</summary>
    public async Task StopAsync()
    {
        CancellationTokenSource running;
        lock (_gate)
        {
            if (_stopped) return;
            _stopped = true;
            running = _cancel;
        }
        _schedule?.Dispose();
        await running.CancelAsync().ConfigureAwait(false);
        await WhenIdleAsync().ConfigureAwait(false);
        _manager.Metadata.Remove(_metadata);
        Dispose();
    }

    public void Dispose() => _cancel.Dispose();

    /// <summary>
    /// Ends because the target is gone. After one more interval and a tenth its series get stale markers dated at the first tick it missed: if
    /// another target has taken its series over by then, the markers are older than its samples and are refused.
    /// </summary>
    public async Task RemoveAsync()
    {
        await StopAsync().ConfigureAwait(false);
        if (_model.Error is not null) return;
        long firstMissed = ScrapeScheduler.NextTick(NowMs, _model.Interval, _hash);
        _manager.Scheduler.Once(new Farewell(this, firstMissed), firstMissed + (long)(_model.Interval.TotalMilliseconds * 1.1));
    }

    public TargetStatus Status()
    {
        var outcome = Volatile.Read(ref _outcome);
        string url = _model.Url?.AbsoluteUri ?? "";
        return new TargetStatus(_source.Name, Discovered, _model.Labels, url, GlobalUrl(url), outcome.Error, outcome.StartedMs, outcome.Duration, outcome.Health, _model.Interval, _model.Timeout);
    }

    // Begins on the scheduler's thread: until the request is written there is nothing to wait for, and another thread need not be woken.
    private async Task RunAsync(long scheduledMs)
    {
        try
        {
            await ScrapeAsync(scheduledMs).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            LogLoopFailed(_manager.Options.Logger, error, _source.Name, _model.Url);
        }
    }

    private async Task ScrapeAsync(long scheduledMs)
    {
        long nowMs = NowMs, scrapeMs = Snap(scheduledMs, nowMs), start = Time.GetTimestamp();
        NoteInterval(start);
        var router = _source.Router;
        var filled = await FetchAndFillAsync(router, scrapeMs, nowMs).ConfigureAwait(false);
        if (filled.Batch is not { } batch) return;
        var duration = Time.GetElapsedTime(start);
        var report = Report(filled, duration);
        batch.ReceivedAt = start;
        _appender.Report(batch, router, scrapeMs, report);
        Conclude(filled, nowMs, duration);
        _sent = new Sent(filled.Body, router, scrapeMs, nowMs, start, report);
        await SendAsync(batch).ConfigureAwait(false);
    }

    private readonly record struct Filled(SampleBatch? Batch, ScrapeBody? Body, int BodyBytes, ScrapeCounts Counts, string Error, ScrapeFailure Failure);

    // Without a batch: the loop is being stopped.
    private async Task<Filled> FetchAndFillAsync(SeriesRouter router, long scrapeMs, long nowMs)
    {
        if (BeginFetch() is not { } cancel) return default;
        if (ForcedError is { } forced) return Failed(forced, ScrapeFailure.Other, scrapeMs, begun: false);
        using var deadline = _manager.Scheduler.Deadline(new FetchDeadline(this, cancel), nowMs + (long)_model.Timeout.TotalMilliseconds);
        ScrapeBody? body = null;
        try
        {
            body = await _client.FetchAsync(_model.Url!, _model.Timeout, _lastBytes, cancel.Token).ConfigureAwait(false);
            return Fill(body, router, scrapeMs, nowMs);
        }
        catch (OperationCanceledException) when (_stopped)
        {
            return default;
        }
        catch (OperationCanceledException)
        {
            return Failed($"no complete answer within the scrape timeout of {DurationText.Format((long)_model.Timeout.TotalMilliseconds)}", ScrapeFailure.Other, scrapeMs, begun: false);
        }
        catch (ScrapeException error)
        {
            return Failed(error.Message, error.Failure, scrapeMs, begun: false);
        }
        catch (Exception error) when (body is null)
        {
            LogLoopFailed(_manager.Options.Logger, error, _source.Name, _model.Url);
            return Failed(error.Message, ScrapeFailure.Other, scrapeMs, begun: false);
        }
    }

    private Filled Fill(ScrapeBody body, SeriesRouter router, long scrapeMs, long nowMs)
    {
        var batch = NewBatch(_lastSamples);
        try
        {
            _appender.Fill(batch, body, router, scrapeMs, nowMs);
            (_lastSamples, _lastBytes) = (batch.Count, body.Length);
            return new Filled(batch, body, body.Length, _appender.Counts, "", ScrapeFailure.Other);
        }
        catch (Exception error)
        {
            batch.Release();
            body.Dispose();
            if (error is not ScrapeException) LogLoopFailed(_manager.Options.Logger, error, _source.Name, _model.Url);
            // As in Prometheus the report says how much there was.
            var failed = Failed(error.Message, (error as ScrapeException)?.Failure ?? ScrapeFailure.Other, scrapeMs, begun: true);
            return failed with { BodyBytes = body.Length, Counts = _appender.Counts };
        }
    }

    private Filled Failed(string error, ScrapeFailure failure, long scrapeMs, bool begun)
    {
        var batch = NewBatch(_lastSamples);
        _appender.Fail(batch, scrapeMs, begun);
        return new Filled(batch, null, failure == ScrapeFailure.BodySizeLimit ? -1 : 0, default, error, failure);
    }

    // A series that ends here may go on from another target: its end is not put among that one's samples.
    private SampleBatch NewBatch(int samples) => new(_source.Name, samples + 8) { LateSamples = LateSamples.MarkersRefused };

    private ScrapeReport Report(in Filled filled, TimeSpan duration)
    {
        bool up = filled.Error.Length == 0;
        var report = new ScrapeReport(up, duration, filled.Counts);
        if (!(_source.Config.ExtraScrapeMetrics ?? _manager.Options.Features.ExtraMetrics)) return report;
        return report with { TimeoutSeconds = _model.Timeout.TotalSeconds, SampleLimit = _source.Config.SampleLimit, BodyBytes = filled.BodyBytes };
    }

    private void Conclude(in Filled filled, long nowMs, TimeSpan duration)
    {
        bool up = filled.Error.Length == 0;
        Volatile.Write(ref _outcome, new ScrapeOutcome(up ? "up" : "down", filled.Error, nowMs, duration));
        _manager.Metrics.ScrapeDuration.Record(duration.TotalSeconds);
        if (up) return;
        _manager.Metrics.Count(filled.Failure);
        LogScrapeFailed(_manager.Options.Logger, _source.Name, _model.Url, filled.Error);
        if (_source.Config.ScrapeFailureLogFile is { Length: > 0 } file) _manager.FailureLog.Write(file, _source.Name, _model.Url, filled.Error);
    }

    // The token source of the scrape before serves again unless it was used; null when the loop is being stopped.
    private CancellationTokenSource? BeginFetch()
    {
        lock (_gate)
        {
            if (_stopped) return null;
            _lateTick = 0;
            if (!_cancel.IsCancellationRequested) return _cancel;
            _cancel.Dispose();
            return _cancel = new CancellationTokenSource();
        }
    }

    private sealed class FetchDeadline(ScrapeLoop loop, CancellationTokenSource cancel) : IScheduled
    {
        public void Run(long scheduledMs)
        {
            lock (loop._gate)
            {
                if (!loop._stopped && loop._cancel == cancel) _ = cancel.CancelAsync();
            }
        }
    }

    // A timeout as long as the interval ends where the next scrape begins: that one is late then, not left out.
    private void TakeUpLateTick()
    {
        lock (_gate)
        {
            if (_lateTick != 0) _ = Task.Run(RunLateAsync);
        }
    }

    private async Task RunLateAsync()
    {
        await WhenIdleAsync().ConfigureAwait(false);
        lock (_gate)
        {
            if (_lateTick != 0) Run(_lateTick);
        }
    }

    // What a refused handle needs: the body is walked once more for the series that had left the head.
    private readonly record struct Sent(ScrapeBody? Body, SeriesRouter Router, long ScrapeMs, long NowMs, long StartedAt, ScrapeReport Report);

    private async Task SendAsync(SampleBatch batch)
    {
        batch.OnCompleted = _onCommitted;
        lock (_gate) _stored = batch.Completion;
        if (await _source.Target.SendAsync(batch, CancellationToken.None).ConfigureAwait(false)) return;
        batch.Complete(default);
        batch.Release();
    }

    // On the committer's thread: forty pool threads a second need not be woken to add to counters.
    private void OnCommitted(CommitResult result)
    {
        Count(result);
        if (result.RejectedBy(RejectReason.StaleHandle) > 0)
        {
            lock (_gate) _again = Task.Run(() => SendAgainAsync(result.RejectedBy(RejectReason.StaleHandle)));
            return;
        }
        _sent.Body?.Dispose();
        TakeUpLateTick();
    }

    private async Task SendAgainAsync(int samples)
    {
        try
        {
            using var body = _sent.Body;
            var again = NewBatch(samples);
            again.ReceivedAt = _sent.StartedAt;
            _appender.Refill(again, body, _sent.Router, _sent.ScrapeMs, _sent.NowMs);
            _appender.Report(again, _sent.Router, _sent.ScrapeMs, _sent.Report);
            await CommitAsync(again).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            LogLoopFailed(_manager.Options.Logger, error, _source.Name, _model.Url);
        }
    }

    private async Task CommitAsync(SampleBatch batch)
    {
        var completion = batch.Completion;
        if (await _source.Target.SendAsync(batch, CancellationToken.None).ConfigureAwait(false)) Count(await completion.ConfigureAwait(false));
        else batch.Release();
    }

    private void Count(in CommitResult result)
    {
        Count(_manager.Metrics.OutOfOrder, result.RejectedBy(RejectReason.OutOfOrder));
        Count(_manager.Metrics.Duplicates, result.RejectedBy(RejectReason.Duplicate));
        Count(_manager.Metrics.OutOfBounds, result.RejectedBy(RejectReason.OutOfBounds) + result.RejectedBy(RejectReason.TooOld));
        Count(_manager.Metrics.ExemplarOutOfOrder, result.OnlyOutOfOrderExemplars);
    }

    private static void Count(System.Diagnostics.Metrics.Counter<long> counter, int count)
    {
        if (count > 0) counter.Add(count);
    }

    private long Snap(long scheduledMs, long nowMs)
    {
        double tolerance = Math.Min(_manager.Options.TimestampToleranceMs, _model.Interval.TotalMilliseconds / 100);
        return Math.Abs(nowMs - scheduledMs) <= tolerance ? scheduledMs : nowMs;
    }

    private void NoteInterval(long start)
    {
        if (_lastStart != 0)
            _manager.Metrics.IntervalLength.Record(Time.GetElapsedTime(_lastStart, start).TotalSeconds, new KeyValuePair<string, object?>("interval", DurationText.Format((long)_model.Interval.TotalMilliseconds)));
        _lastStart = start;
    }

    private string GlobalUrl(string url)
    {
        if (_model.Url is not { } local || _manager.Options.ExternalHost.Length == 0 || !local.IsLoopback) return url;
        return new UriBuilder(local) { Host = _manager.Options.ExternalHost }.Uri.AbsoluteUri;
    }

    private async Task EndSeriesAsync(long markerMs)
    {
        try
        {
            var batch = NewBatch(_lastSamples);
            _appender.End(batch, markerMs);
            if (batch.Count == 0) batch.Release();
            else await CommitAsync(batch).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            LogLoopFailed(_manager.Options.Logger, error, _source.Name, _model.Url);
        }
    }

    private sealed class Farewell(ScrapeLoop loop, long markerMs) : IScheduled
    {
        public void Run(long scheduledMs) => _ = Task.Run(() => loop.EndSeriesAsync(markerMs));
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "job {Job}: scrape of {Url} failed: {Reason}")]
    private static partial void LogScrapeFailed(ILogger logger, string job, Uri? url, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "job {Job}: the loop of {Url} met an unexpected error")]
    private static partial void LogLoopFailed(ILogger logger, Exception error, string job, Uri? url);
}
