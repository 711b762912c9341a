using Microsoft.Extensions.Logging;
using Streamline.Pipeline.Config;
using Streamline.Pipeline.Graph;
using Streamline.Pipeline.Stages;
using Streamline.Storage;

namespace Streamline.Pipeline.Ingest;

/// <summary>
/// Pushgateway's push API: groups of series that are replaced (PUT), merged by family (POST) or deleted, and written again each interval. A push is
/// answered once its samples are stored; a group that is not pushed again within its ttl ends in stale markers.
/// </summary>
internal sealed partial class PushReceiver : ReceiverSource, IDisposable
{
    private const int MaxBodyBytes = 32 << 20;

    private readonly PushGroups _groups;
    private readonly TimeProvider _time;
    private readonly PushSourceConfig _config;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private long _lastMs;
    private Task _loop = Task.CompletedTask;

    public PushReceiver(string name, PushSourceConfig config, SeriesRouter router, PushGroups groups, TimeProvider time, ILogger logger)
        : base("push", name, router) => (_config, _groups, _time, _logger) = (config, groups, time, logger);

    /// <summary>Groups held now.</summary>
    public int Groups
    {
        get
        {
            lock (_groups.Gate) return _groups.All.Count;
        }
    }

    public override void Start(IBatchTarget target)
    {
        base.Start(target);
        _loop = Task.Run(RunAsync);
    }

    public override async Task StopAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        await base.StopAsync().ConfigureAwait(false);
    }

    /// <summary>Stops for good: its groups go, and their series end.</summary>
    public async Task RetireAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        await SendAsync(EndAll, success: 200).ConfigureAwait(false);
        await base.StopAsync().ConfigureAwait(false);
    }

    public void Dispose() => _stop.Dispose();

    /// <summary>Stores a push.</summary>
    public async Task<IngestAnswer> PushAsync(PushRequest request)
    {
        if (PushPath.Parse(request.RawPath, out string error) is not { } labels) return IngestAnswer.Bad(error);
        try
        {
            var body = request.ContentEncoding == "snappy" ? SnappyFrames.Unpack(request.Body.Span, MaxBodyBytes) : request.Body.Span;
            var families = PushBody.Parse(body, request.ContentType, labels);
            return await SendAsync((batch, nowMs) => Take(labels, families, request, batch, nowMs), success: 200).ConfigureAwait(false);
        }
        catch (IngestFormatException problem)
        {
            return IngestAnswer.Bad(problem.Message);
        }
        catch (PushRefusedException problem)
        {
            // Shown as the group's failure, which may be all there is of the group.
            var shown = await SendAsync((batch, nowMs) => Fail(labels, request, batch, nowMs), success: 400).ConfigureAwait(false);
            return shown.StatusCode == 400 ? IngestAnswer.Bad(problem.Message) : shown;
        }
        catch (PushLimitException problem)
        {
            return new IngestAnswer(429, problem.Message, RetryAfterSeconds: 60);
        }
    }

    /// <summary>Deletes a group; one that is not there is fine, as with the Pushgateway.</summary>
    public async Task<IngestAnswer> DeleteAsync(string rawPath)
    {
        if (PushPath.Parse(rawPath, out string error) is not { } labels) return IngestAnswer.Bad(error);
        return await SendAsync((batch, nowMs) => Delete(labels, batch, nowMs), success: 202).ConfigureAwait(false);
    }

    /// <summary>Deletes all groups.</summary>
    public Task<IngestAnswer> WipeAsync() => SendAsync(EndAll, success: 202);

    /// <summary>All groups with what they hold.</summary>
    public IReadOnlyList<PushGroupStatus> Status()
    {
        lock (_groups.Gate) return [.. _groups.All.Select(PushStatus.Of)];
    }

    // Filled, dated, noted and handed over under one lock: a push and a round that run into each other must not overtake one another, or a stale marker is lost.
    private async Task<IngestAnswer> SendAsync(Action<SampleBatch, long> fill, int success)
    {
        var batch = new SampleBatch($"{Kind} {Name}") { ReceivedAt = _time.GetTimestamp() };
        var completion = batch.Completion;
        lock (_groups.Gate)
        {
            try
            {
                fill(batch, Now());
            }
            catch
            {
                batch.Release();
                throw;
            }
            bool isKept = _groups.TryFlush();
            if (batch.Count == 0 && batch.Dropped.Rejected == 0)
            {
                batch.Release();
                return isKept ? new(success) : IngestAnswer.Busy("the journal of pushed groups cannot be written");
            }
            if (!TryHandOver(batch)) return IngestAnswer.Busy("the append queue is full");
            if (!isKept) success = 503;
        }
        var result = await completion.ConfigureAwait(false);
        if (result.RejectedBy(RejectReason.Storage) > 0) return IngestAnswer.Busy(result.FirstError?.Message ?? "the write-ahead log cannot be written");
        return success == 503 ? IngestAnswer.Busy("the journal of pushed groups cannot be written") : new(success);
    }

    private void Take(IReadOnlyList<KeyValuePair<string, string>> labels, Dictionary<string, PushedFamily> families, PushRequest request, SampleBatch batch, long nowMs)
    {
        var group = Group(labels);
        group.Ttl = request.Ttl ?? _config.Ttl;
        bool adds = _config.Mode == PushMode.Aggregate && !request.ReplaceGroup;
        // A push that came before is answered as it was then; what it brought is in the sums already.
        if (adds && group.Knows(request.PushId)) return;
        if (adds) families = PushAddition.Add(group, families, _config);
        foreach (var family in families.Values) family.PushedAtMs = nowMs;
        IReadOnlyList<string> replaced = request.ReplaceGroup ? [.. group.Families.Keys] : [.. families.Keys.Where(group.Families.ContainsKey)];
        foreach (var one in _groups.Replace(group, replaced, families)) Write(batch, one, nowMs, isEnd: true);
        _groups.Describe(group);
        group.Pushed(nowMs);
        if (adds) group.Remember(request.PushId);
        _groups.Note(group);
        Write(batch, group, nowMs);
    }

    private PushGroup Group(IReadOnlyList<KeyValuePair<string, string>> labels)
    {
        if (_groups.Find(labels) is { } known) return known;
        if (_groups.All.Count >= _config.MaxGroups) throw new PushLimitException($"{_config.MaxGroups} groups are held, as many as max_groups allows: delete some, or give them a ttl");
        return _groups.GetOrAdd(labels);
    }

    private void Delete(IReadOnlyList<KeyValuePair<string, string>> labels, SampleBatch batch, long nowMs)
    {
        if (_groups.Find(labels) is not { } group) return;
        End(group, batch, nowMs);
        _groups.Remove(group);
    }

    private void Fail(IReadOnlyList<KeyValuePair<string, string>> labels, PushRequest request, SampleBatch batch, long nowMs)
    {
        var group = Group(labels);
        if (group.TouchedAtMs == 0) group.Ttl = request.Ttl ?? _config.Ttl;
        group.Failed(nowMs);
        _groups.Note(group);
        Write(batch, group.PushTime, nowMs, isEnd: false);
        Write(batch, group.FailureTime, nowMs, isEnd: false);
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                await Task.Delay(_config.Interval, _time, _stop.Token).ConfigureAwait(false);
                await RoundAsync().ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    // The edge of the loop: a round that fails must not be the last one.
    private async Task RoundAsync()
    {
        try
        {
            var answer = await SendAsync(WriteAll, success: 200).ConfigureAwait(false);
            if (answer.StatusCode != 200) LogSkipped(Name, answer.Message);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            LogRoundFailed(error, Name);
        }
    }

    private void WriteAll(SampleBatch batch, long nowMs)
    {
        foreach (var group in _groups.All.ToList())
        {
            if (!group.IsExpired(nowMs))
            {
                Write(batch, group, nowMs);
                continue;
            }
            string name = string.Join('/', group.Labels.Select(l => l.Key + "=" + l.Value));
            LogExpired(name, group.Ttl);
            End(group, batch, nowMs);
            _groups.Remove(group);
        }
        _groups.TryFlush(sync: true);
    }

    private void EndAll(SampleBatch batch, long nowMs)
    {
        foreach (var group in _groups.All.ToList())
        {
            End(group, batch, nowMs);
            _groups.Remove(group);
        }
    }

    private void Write(SampleBatch batch, PushGroup group, long nowMs) => WriteGroup(batch, group, nowMs, isEnd: false);

    private void End(PushGroup group, SampleBatch batch, long nowMs) => WriteGroup(batch, group, nowMs, isEnd: true);

    private void WriteGroup(SampleBatch batch, PushGroup group, long nowMs, bool isEnd)
    {
        foreach (var one in group.Series) Write(batch, one, nowMs, isEnd);
        Write(batch, group.PushTime, nowMs, isEnd);
        Write(batch, group.FailureTime, nowMs, isEnd);
    }

    private void Write(SampleBatch batch, PushedSeries series, long nowMs, bool isEnd)
    {
        var router = Router;
        bool isKnown = series.Generation == router.Generation && (series.Dropped != DropReason.None || router.Store.IsLive(series.Handle));
        if (!isKnown) Resolve(batch, series, router, nowMs);
        if (series.Dropped != DropReason.None) batch.Drop(series.Dropped == DropReason.Limit ? RejectReason.Limit : RejectReason.Dropped);
        else if (series.Histogram is { } histogram) batch.Add(series.Handle, nowMs, isEnd ? NativeHistogram.Stale : histogram);
        else batch.Add(series.Handle, nowMs, isEnd ? StaleMarker.Value : series.Value);
    }

    // Stages that a reload has changed may lead the series elsewhere: where it stood before, it ends.
    private static void Resolve(SampleBatch batch, PushedSeries series, SeriesRouter router, long nowMs)
    {
        var route = router.Resolve(new LabelsBuilder().Reset(series.Labels));
        if (!series.Handle.IsNone && route.Handle != series.Handle && router.Store.IsLive(series.Handle)) batch.Add(series.Handle, nowMs, StaleMarker.Value);
        (series.Handle, series.Dropped, series.Generation) = (route.Handle, route.Dropped, router.Generation);
    }

    // Rises strictly: two pushes within a millisecond must not collide on one timestamp. Called under the lock.
    private long Now() => _lastMs = Math.Max(_lastMs + 1, _time.GetUtcNow().ToUnixTimeMilliseconds());

    [LoggerMessage(Level = LogLevel.Warning, Message = "push {Name}: a round of pushed groups was left out: {Reason}")]
    private partial void LogSkipped(string name, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "push {Name}: a round of pushed groups failed")]
    private partial void LogRoundFailed(Exception error, string name);

    [LoggerMessage(Level = LogLevel.Information, Message = "pushed group {Group} was not pushed again within {Ttl}: its series end")]
    private partial void LogExpired(string group, TimeSpan ttl);
}
