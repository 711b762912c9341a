using Microsoft.Extensions.Logging;
using Streamline.Pipeline.Config;
using Streamline.Pipeline.Graph;
using Streamline.Pipeline.Stages;
using Streamline.Storage;

namespace Streamline.Pipeline.Ingest;

/// <summary>
/// Pushgateway's push API: groups of series that are replaced (PUT), merged by family (POST) or deleted, and written again each interval. A push is
/// answered once its samples are stored; one that the graph has no room for changes nothing, so that it may be sent again. A group that is not pushed again
/// within its ttl ends in stale markers.
/// </summary>
internal sealed partial class PushReceiver : ReceiverSource, IDisposable
{
    private const int MaxBodyBytes = 32 << 20;

    /// <summary>What is to become of a change that cannot go through.</summary>
    private enum Change
    {
        /// <summary>Without room or journal it is taken back; sent again it comes to the same.</summary>
        Repeatable,

        /// <summary>The same, but what the journal and the queue have taken counts, whatever becomes of its samples.</summary>
        Sum,

        /// <summary>Values go on also when the journal cannot be written; without room groups that ended end with the next round.</summary>
        Round,

        /// <summary>Nobody comes again.</summary>
        Final,
    }

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
        await SendAsync(EndAll, success: 200, Change.Final).ConfigureAwait(false);
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
            bool adds = _config.Mode == PushMode.Aggregate && !request.ReplaceGroup;
            return await SendAsync((batch, nowMs) => Take(labels, families, request, adds, batch, nowMs), success: 200, adds ? Change.Sum : Change.Repeatable).ConfigureAwait(false);
        }
        catch (IngestFormatException problem)
        {
            return IngestAnswer.Bad(problem.Message);
        }
        catch (PushRefusedException problem)
        {
            // Shown as the group's failure, which may be all there is of the group.
            var shown = await SendAsync((batch, nowMs) => Fail(labels, request, batch, nowMs), success: 400, Change.Repeatable).ConfigureAwait(false);
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
        return await SendAsync((batch, nowMs) => Delete(labels, batch, nowMs), success: 202, Change.Repeatable).ConfigureAwait(false);
    }

    /// <summary>Deletes all groups.</summary>
    public Task<IngestAnswer> WipeAsync() => SendAsync(EndAll, success: 202, Change.Repeatable);

    /// <summary>All groups with what they hold.</summary>
    public IReadOnlyList<PushGroupStatus> Status()
    {
        lock (_groups.Gate) return [.. _groups.All.Select(PushStatus.Of)];
    }

    // Filled, dated, noted and handed over under one lock: a push and a round that run into each other must not overtake one another, or a stale marker is lost.
    private async Task<IngestAnswer> SendAsync(Action<SampleBatch, long> fill, int success, Change change)
    {
        var batch = new SampleBatch($"{Kind} {Name}") { ReceivedAt = _time.GetTimestamp() };
        var completion = batch.Completion;
        lock (_groups.Gate)
        {
            if (Refused(batch, fill, change) is { } refused) return refused;
            if (batch.Count == 0 && batch.Dropped.Rejected == 0)
            {
                batch.Release();
                return new(success);
            }
            if (!TryHandOver(batch))
            {
                if (change != Change.Final) _groups.Undo();
                _groups.TryFlush();
                return IngestAnswer.Busy("the append queue is full");
            }
        }
        var result = await completion.ConfigureAwait(false);
        // A sum that the journal has is taken, and the next round writes it: sent again it would count twice.
        if (change != Change.Sum && result.RejectedBy(RejectReason.Storage) > 0) return IngestAnswer.Busy(result.FirstError?.Message ?? "the write-ahead log cannot be written");
        return new(success);
    }

    // Changes the groups, and writes the change to their journal; a refusal has taken back both.
    private IngestAnswer? Refused(SampleBatch batch, Action<SampleBatch, long> fill, Change change)
    {
        _groups.Begin();
        bool isDone = false;
        try
        {
            fill(batch, Now());
            isDone = _groups.TryFlush() || change is Change.Round or Change.Final;
            return isDone ? null : IngestAnswer.Busy("the journal of pushed groups cannot be written");
        }
        finally
        {
            if (!isDone)
            {
                _groups.Undo();
                batch.Release();
            }
        }
    }

    private void Take(IReadOnlyList<KeyValuePair<string, string>> labels, Dictionary<string, PushedFamily> families, PushRequest request, bool adds, SampleBatch batch, long nowMs)
    {
        var group = Group(labels);
        group.Ttl = request.Ttl ?? _config.Ttl;
        // A push that came before is answered as it was then; what it brought is in the sums already.
        if (adds && group.Knows(request.PushId)) return;
        if (adds) families = PushAddition.Add(group, families, _config);
        foreach (var family in families.Values) family.PushedAtMs = nowMs;
        foreach (var one in _groups.Replace(group, request.ReplaceGroup, families)) Write(batch, one, nowMs, isEnd: true);
        _groups.Describe(group);
        group.Pushed(nowMs);
        if (adds) group.Remember(request.PushId);
        _groups.Note(group);
        Write(batch, group, nowMs);
    }

    private PushGroup Group(IReadOnlyList<KeyValuePair<string, string>> labels)
    {
        if (_groups.Find(labels) is null && _groups.All.Count >= _config.MaxGroups) throw new PushLimitException($"{_config.MaxGroups} groups are held, as many as max_groups allows: delete some, or give them a ttl");
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
}
