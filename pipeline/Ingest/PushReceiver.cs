using Microsoft.Extensions.Logging;
using Streamline.Pipeline.Config;
using Streamline.Pipeline.Exposition;
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
    private readonly MetadataCatalogue _catalogue;
    private readonly TimeProvider _time;
    private readonly PushSourceConfig _config;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly Dictionary<string, PushGroup> _groups = [];
    private long _lastMs;
    private Task _loop = Task.CompletedTask;

    public PushReceiver(string name, PushSourceConfig config, SeriesRouter router, MetadataCatalogue catalogue, TimeProvider time, ILogger logger)
        : base("push", name, router) => (_config, _catalogue, _time, _logger) = (config, catalogue, time, logger);

    /// <summary>Groups held now.</summary>
    public int Groups
    {
        get
        {
            lock (_lock) return _groups.Count;
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

    /// <summary>Stores a push. <paramref name="replaceGroup"/> is PUT, else POST; <paramref name="rawPath"/> is the path as it stood in the request.</summary>
    public async Task<IngestAnswer> PushAsync(string rawPath, ReadOnlyMemory<byte> body, string contentType, bool replaceGroup)
    {
        if (PushPath.Parse(rawPath, out string error) is not { } labels) return IngestAnswer.Bad(error);
        if (contentType.Contains("protobuf", StringComparison.OrdinalIgnoreCase)) return new(415, "pushes in protobuf are not accepted yet; send the text format");
        var format = contentType.Contains("openmetrics", StringComparison.OrdinalIgnoreCase) ? ExpositionFormat.OpenMetrics : ExpositionFormat.Text;
        var metadata = new SourceMetadata();
        Dictionary<string, List<PushedSeries>> families;
        try
        {
            families = PushBody.Parse(body.Span, format, labels, metadata);
        }
        catch (IngestFormatException problem)
        {
            Fail(labels);
            return IngestAnswer.Bad(problem.Message);
        }
        return await SendAsync((batch, nowMs) => Take(labels, families, metadata, replaceGroup, batch, nowMs), success: 200).ConfigureAwait(false);
    }

    /// <summary>Deletes a group; one that is not there is fine, as with the Pushgateway.</summary>
    public async Task<IngestAnswer> DeleteAsync(string rawPath)
    {
        if (PushPath.Parse(rawPath, out string error) is not { } labels) return IngestAnswer.Bad(error);
        return await SendAsync((batch, nowMs) => Delete(labels, batch, nowMs), success: 202).ConfigureAwait(false);
    }

    // Filled, dated and handed over under one lock: a push and a round that run into each other must not overtake one another, or a stale marker is lost.
    private async Task<IngestAnswer> SendAsync(Action<SampleBatch, long> fill, int success)
    {
        var batch = new SampleBatch($"{Kind} {Name}") { ReceivedAt = _time.GetTimestamp() };
        var completion = batch.Completion;
        lock (_lock)
        {
            fill(batch, Now());
            if (batch.Count == 0 && batch.Dropped.Rejected == 0)
            {
                batch.Release();
                return new(success);
            }
            if (!TryHandOver(batch)) return IngestAnswer.Busy("the append queue is full");
        }
        var result = await completion.ConfigureAwait(false);
        return result.RejectedBy(RejectReason.Storage) > 0 ? IngestAnswer.Busy(result.FirstError?.Message ?? "the write-ahead log cannot be written") : new(success);
    }

    private void Take(
        IReadOnlyList<KeyValuePair<string, string>> labels, Dictionary<string, List<PushedSeries>> families, SourceMetadata metadata, bool replaceGroup, SampleBatch batch, long nowMs)
    {
        string key = KeyOf(labels);
        if (!_groups.TryGetValue(key, out var group)) _groups[key] = group = new PushGroup(labels) { Ttl = _config.Ttl };
        var replaced = replaceGroup ? group.Families.Keys.ToList() : [.. families.Keys.Where(group.Families.ContainsKey)];
        var gone = replaced.SelectMany(f => group.Families[f]).ToDictionary(s => s.Labels);
        foreach (string family in replaced) group.Families.Remove(family);
        foreach (var (family, series) in families)
        {
            group.Families[family] = series;
            foreach (var one in series)
            {
                if (gone.Remove(one.Labels, out var before)) one.Follow(before);
            }
        }
        foreach (var one in gone.Values) Write(batch, one, nowMs, StaleMarker.Value);
        if (group.Metadata is { } old) _catalogue.Remove(old);
        group.Metadata = metadata;
        _catalogue.Add(metadata);
        group.Pushed(nowMs);
        Write(batch, group, nowMs);
    }

    private void Delete(IReadOnlyList<KeyValuePair<string, string>> labels, SampleBatch batch, long nowMs)
    {
        if (_groups.Remove(KeyOf(labels), out var group)) End(group, batch, nowMs);
    }

    private void Fail(IReadOnlyList<KeyValuePair<string, string>> labels)
    {
        lock (_lock)
        {
            if (_groups.TryGetValue(KeyOf(labels), out var group)) group.Failed(Now());
        }
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
        foreach (var (key, group) in _groups)
        {
            if (!group.IsExpired(nowMs))
            {
                Write(batch, group, nowMs);
                continue;
            }
            string name = string.Join('/', group.Labels.Select(l => l.Key + "=" + l.Value));
            LogExpired(name, group.Ttl);
            End(group, batch, nowMs);
            _groups.Remove(key);
        }
    }

    private void EndAll(SampleBatch batch, long nowMs)
    {
        foreach (var group in _groups.Values) End(group, batch, nowMs);
        _groups.Clear();
    }

    private void Write(SampleBatch batch, PushGroup group, long nowMs)
    {
        foreach (var series in group.Families.Values)
        {
            foreach (var one in series) Write(batch, one, nowMs, one.Value);
        }
        Write(batch, group.PushTime, nowMs, group.PushTime.Value);
        Write(batch, group.FailureTime, nowMs, group.FailureTime.Value);
    }

    private void End(PushGroup group, SampleBatch batch, long nowMs)
    {
        foreach (var one in group.Families.Values.SelectMany(s => s)) Write(batch, one, nowMs, StaleMarker.Value);
        Write(batch, group.PushTime, nowMs, StaleMarker.Value);
        Write(batch, group.FailureTime, nowMs, StaleMarker.Value);
        if (group.Metadata is { } metadata) _catalogue.Remove(metadata);
    }

    private void Write(SampleBatch batch, PushedSeries series, long nowMs, double value)
    {
        var router = Router;
        bool isKnown = series.Generation == router.Generation && (series.Dropped != DropReason.None || router.Store.IsLive(series.Handle));
        if (!isKnown) Resolve(batch, series, router, nowMs);
        if (series.Dropped != DropReason.None) batch.Drop(series.Dropped == DropReason.Limit ? RejectReason.Limit : RejectReason.Dropped);
        else batch.Add(series.Handle, nowMs, value);
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

    // Lengths keep a value that looks like another label from being taken for one.
    private static string KeyOf(IReadOnlyList<KeyValuePair<string, string>> labels) =>
        string.Concat(labels.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{l.Key}={l.Value.Length}:{l.Value}"));

    [LoggerMessage(Level = LogLevel.Warning, Message = "push {Name}: a round of pushed groups was left out: {Reason}")]
    private partial void LogSkipped(string name, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "push {Name}: a round of pushed groups failed")]
    private partial void LogRoundFailed(Exception error, string name);

    [LoggerMessage(Level = LogLevel.Information, Message = "pushed group {Group} was not pushed again within {Ttl}: its series end")]
    private partial void LogExpired(string group, TimeSpan ttl);
}
