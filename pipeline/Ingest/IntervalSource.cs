using Microsoft.Extensions.Logging;
using Streamline.Pipeline.Graph;
using Streamline.Pipeline.Stages;
using Streamline.Storage;

namespace Streamline.Pipeline.Ingest;

/// <summary>
/// A source that makes one batch of its own samples each interval (host, self): on the interval's multiples since the epoch, with an <c>up</c> and
/// the scrape's report series. A round that is late is skipped and counted by the gap in its series; rounds never overlap.
/// </summary>
internal abstract partial class IntervalSource : ISource, IDisposable
{
    private const long EarlyTimerMs = 20;

    private readonly TimeProvider _time;
    private readonly TimeSpan _interval;
    private readonly ILogger _logger;
    private readonly SeriesWriter _writer;
    private readonly Labels _labels;
    private readonly CancellationTokenSource _stop = new();
    private volatile IBatchTarget? _target;
    private volatile SeriesRouter _router;
    private Task _loop = Task.CompletedTask;

    // Written by the loop, read by the Targets page.
    private volatile Round? _last;

    private sealed record Round(long BeganMs, TimeSpan Duration, string Error);

    protected IntervalSource(string kind, string name, TimeSpan interval, IReadOnlyList<KeyValuePair<string, string>> labels, SeriesRouter router, TimeProvider time, ILogger logger)
    {
        Kind = kind;
        Name = name;
        _interval = interval;
        _time = time;
        _logger = logger;
        _router = router;
        _writer = new SeriesWriter(labels);
        _labels = Labels.Of([.. labels.Select(l => (l.Key, l.Value))]);
    }

    public string Kind { get; }

    public string Name { get; }

    public SeriesRouter Router
    {
        get => _router;
        set => _router = value;
    }

    public void Start(IBatchTarget target)
    {
        _target = target;
        _loop = Task.Run(RunAsync);
    }

    public void SwitchTo(IBatchTarget target) => _target = target;

    public async Task StopAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
    }

    /// <summary>Stops for good: the configuration has the source no longer, and its series end.</summary>
    public async Task RetireAsync()
    {
        await StopAsync().ConfigureAwait(false);
        if (_target is not { } target) return;
        var batch = new SampleBatch($"{Kind} {Name}") { LateSamples = LateSamples.MarkersRefused };
        _writer.EndAll(batch, Math.Max(_time.GetUtcNow().ToUnixTimeMilliseconds(), (_last?.BeganMs ?? 0) + 1));
        if (batch.Count == 0 || !target.TrySend(batch)) batch.Release();
    }

    public void Dispose() => _stop.Dispose();

    /// <summary>The source as a target: it has an <c>up</c> like one, and people look for it among them.</summary>
    public ScrapePoolStatus Status()
    {
        var last = _last;
        string health = last is null ? "unknown" : last.Error.Length == 0 ? "up" : "down";
        string pool = $"{_labels.Get("job")} ({Kind}, in this process)";
        var target = new TargetStatus(pool, _labels, _labels, "", "", last?.Error ?? "", last?.BeganMs ?? 0, last?.Duration ?? TimeSpan.Zero, health, _interval, _interval);
        return new ScrapePoolStatus(pool, [target], [], 0, []);
    }

    /// <summary>Adds the samples of now.</summary>
    protected abstract void Collect(SeriesWriter writer);

    private async Task RunAsync()
    {
        try
        {
            // The first round at once: a person who has just started the program wants to see something.
            while (!_stop.IsCancellationRequested)
            {
                await TryRoundAsync().ConfigureAwait(false);
                await Task.Delay(UntilNextSlot(), _time, _stop.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    // The edge of the loop: a round that fails as a whole must not be the last one.
    private async Task TryRoundAsync()
    {
        try
        {
            await RoundAsync().ConfigureAwait(false);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            LogFailed(error, Kind, Name);
        }
    }

    // Timers may end some milliseconds early: a slot that near is the one whose round has just been made.
    private TimeSpan UntilNextSlot()
    {
        long interval = (long)_interval.TotalMilliseconds;
        long rest = interval - _time.GetUtcNow().ToUnixTimeMilliseconds() % interval;
        return TimeSpan.FromMilliseconds(rest <= Math.Min(EarlyTimerMs, interval / 2) ? rest + interval : rest);
    }

    private async Task RoundAsync()
    {
        long began = _time.GetTimestamp();
        var batch = new SampleBatch($"{Kind} {Name}") { ReceivedAt = began, LateSamples = LateSamples.MarkersRefused };
        long beganMs = _time.GetUtcNow().ToUnixTimeMilliseconds();
        _writer.Begin(batch, _router, beganMs);
        string error = TryCollect();
        var elapsed = _time.GetElapsedTime(began);
        _last = new Round(beganMs, elapsed, error);
        int samples = batch.Count;
        _writer.Series("up"u8).Value(error.Length == 0 ? 1 : 0);
        _writer.Series("scrape_duration_seconds"u8).Value(elapsed.TotalSeconds);
        _writer.Series("scrape_samples_scraped"u8).Value(samples);
        _writer.End();
        if (_target is not { } target || !await target.SendAsync(batch, _stop.Token).ConfigureAwait(false))
        {
            batch.Release();
            return;
        }
        var result = await batch.Completion.ConfigureAwait(false);
        if (result.Rejected > 0) LogRejected(Kind, Name, result.Rejected, result.FirstError?.Message ?? "by the pipeline's stages");
    }

    private string TryCollect()
    {
        try
        {
            Collect(_writer);
            return "";
        }
        catch (Exception error)
        {
            LogFailed(error, Kind, Name);
            return error.Message.Length == 0 ? error.GetType().Name : error.Message;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "source {Kind} {Name} failed; its up is 0")]
    private partial void LogFailed(Exception error, string kind, string name);

    [LoggerMessage(Level = LogLevel.Debug, Message = "source {Kind} {Name}: {Count} samples refused: {Reason}")]
    private partial void LogRejected(string kind, string name, int count, string reason);
}
