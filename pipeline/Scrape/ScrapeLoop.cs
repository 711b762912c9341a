using Microsoft.Extensions.Logging;
using Streamline.Pipeline.Discovery;
using Streamline.Pipeline.Exposition;
using Streamline.Pipeline.Stages;
using Streamline.Storage;

namespace Streamline.Pipeline.Scrape;

/// <summary>
/// The scrapes of one target, one at a time: 1. fetch, 2. body to batch, or on any failure stale markers instead, 3. report series, 4. send and wait
/// for the commit. A tick that finds the scrape before still running is skipped and counted.
/// </summary>
internal sealed partial class ScrapeLoop : IScheduled, IDisposable
{
    private readonly ScrapeManager _manager;
    private readonly ScrapeSource _source;
    private readonly TargetModel _model;
    private readonly SourceMetadata _metadata;
    private readonly TargetAppender _appender;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ulong _hash;

    // Start of a scrape against stop: no scrape starts once _stopped is set.
    private readonly Lock _gate = new();
    private bool _stopped;
    private Task _current = Task.CompletedTask;

    private IDisposable? _schedule;
    private ScrapeOutcome _outcome;

    // Only the running scrape touches these.
    private int _lastSamples;
    private int _lastBytes;
    private long _lastStart;

    public ScrapeLoop(ScrapeManager manager, ScrapeSource source, TargetModel model)
    {
        _manager = manager;
        _source = source;
        _model = model;
        Discovered = model.Discovered;
        _metadata = manager.Metadata.Add();
        _appender = new TargetAppender(source.Config, model.Labels, source.MetricRelabeler, _metadata, manager.Metrics);
        _hash = model.Labels.Hash ^ Labels.Of(("url", model.Url?.AbsoluteUri ?? "")).Hash ^ manager.Options.Seed;
        _outcome = model.Error is null ? new ScrapeOutcome("unknown", "", 0, TimeSpan.Zero) : new ScrapeOutcome("down", model.Error, 0, TimeSpan.Zero);
    }

    private sealed record ScrapeOutcome(string Health, string Error, long StartedMs, TimeSpan Duration);

    /// <summary>Labels before relabelling, as discovery gave them last.</summary>
    public Labels Discovered { get; set; }

    /// <summary>Ends with the scrape that runs now; never faults.</summary>
    public Task Current
    {
        get
        {
            lock (_gate) return _current;
        }
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
            if (_current.IsCompleted) _current = Task.Run(() => RunAsync(scheduledMs));
            else _manager.Metrics.Skipped.Add(1);
        }
    }

    /// <summary>Ends without a trace in the data: a running fetch is called off, a batch on its way is waited for.</summary>
    public async Task StopAsync()
    {
        lock (_gate)
        {
            if (_stopped) return;
            _stopped = true;
        }
        _schedule?.Dispose();
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _current.ConfigureAwait(false);
        _manager.Metadata.Remove(_metadata);
        Dispose();
    }

    public void Dispose() => _stopping.Dispose();

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
        using var body = filled.Body;
        if (filled.Batch is not { } batch) return;
        var duration = Time.GetElapsedTime(start);
        var report = Report(filled, duration);
        batch.ReceivedAt = start;
        _appender.Report(batch, router, scrapeMs, report);
        Conclude(filled, nowMs, duration);
        await SendAsync(batch, body, router, scrapeMs, nowMs, report).ConfigureAwait(false);
    }

    private readonly record struct Filled(SampleBatch? Batch, ScrapeBody? Body, ScrapeCounts Counts, string Error, ScrapeFailure Failure);

    // Without a batch: the loop is being stopped.
    private async Task<Filled> FetchAndFillAsync(SeriesRouter router, long scrapeMs, long nowMs)
    {
        using var timeout = new CancellationTokenSource(_model.Timeout, Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _stopping.Token);
        ScrapeBody? body = null;
        try
        {
            body = await _source.Client.FetchAsync(_model.Url!, _model.Timeout, _lastBytes, either.Token).ConfigureAwait(false);
            return Fill(body, router, scrapeMs, nowMs);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
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
        var batch = new SampleBatch(_source.Name, _lastSamples + 8);
        try
        {
            var counts = _appender.Fill(batch, body, router, scrapeMs, nowMs);
            (_lastSamples, _lastBytes) = (batch.Count, body.Length);
            return new Filled(batch, body, counts, "", ScrapeFailure.Other);
        }
        catch (Exception error)
        {
            batch.Release();
            body.Dispose();
            if (error is ScrapeException known) return Failed(known.Message, known.Failure, scrapeMs, begun: true);
            LogLoopFailed(_manager.Options.Logger, error, _source.Name, _model.Url);
            return Failed(error.Message, ScrapeFailure.Other, scrapeMs, begun: true);
        }
    }

    private Filled Failed(string error, ScrapeFailure failure, long scrapeMs, bool begun)
    {
        var batch = new SampleBatch(_source.Name, _lastSamples + 8);
        _appender.Fail(batch, scrapeMs, begun);
        return new Filled(batch, null, default, error, failure);
    }

    private ScrapeReport Report(in Filled filled, TimeSpan duration)
    {
        bool up = filled.Error.Length == 0;
        var report = new ScrapeReport(up, duration, filled.Counts);
        if (_source.Config.ExtraScrapeMetrics != true) return report;
        double bytes = up ? filled.Body!.Length : filled.Failure == ScrapeFailure.BodySizeLimit ? -1 : 0;
        return report with { TimeoutSeconds = _model.Timeout.TotalSeconds, SampleLimit = _source.Config.SampleLimit, BodyBytes = bytes };
    }

    private void Conclude(in Filled filled, long nowMs, TimeSpan duration)
    {
        bool up = filled.Error.Length == 0;
        Volatile.Write(ref _outcome, new ScrapeOutcome(up ? "up" : "down", filled.Error, nowMs, duration));
        _manager.Metrics.ScrapeDuration.Record(duration.TotalSeconds);
        if (up) return;
        _manager.Metrics.Count(filled.Failure);
        LogScrapeFailed(_manager.Options.Logger, _source.Name, _model.Url, filled.Error);
    }

    private async Task SendAsync(SampleBatch batch, ScrapeBody? body, SeriesRouter router, long scrapeMs, long nowMs, ScrapeReport report)
    {
        var result = await CommitAsync(batch).ConfigureAwait(false);
        if (result.RejectedBy(RejectReason.StaleHandle) == 0) return;
        var again = new SampleBatch(_source.Name, result.RejectedBy(RejectReason.StaleHandle) + 8) { ReceivedAt = batch.ReceivedAt };
        _appender.Refill(again, body, router, scrapeMs, nowMs);
        _appender.Report(again, router, scrapeMs, report);
        await CommitAsync(again).ConfigureAwait(false);
    }

    private async Task<CommitResult> CommitAsync(SampleBatch batch)
    {
        var completion = batch.Completion;
        if (!await _source.Target.SendAsync(batch, CancellationToken.None).ConfigureAwait(false))
        {
            batch.Release();
            return default;
        }
        var result = await completion.ConfigureAwait(false);
        Count(_manager.Metrics.OutOfOrder, result.RejectedBy(RejectReason.OutOfOrder));
        Count(_manager.Metrics.Duplicates, result.RejectedBy(RejectReason.Duplicate));
        Count(_manager.Metrics.OutOfBounds, result.RejectedBy(RejectReason.OutOfBounds) + result.RejectedBy(RejectReason.TooOld));
        return result;
    }

    private static void Count(System.Diagnostics.Metrics.Counter<long> counter, int samples)
    {
        if (samples > 0) counter.Add(samples);
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
            var batch = new SampleBatch(_source.Name, _lastSamples + 8);
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
