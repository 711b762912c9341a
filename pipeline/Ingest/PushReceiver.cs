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

    public void Dispose() => _stop.Dispose();

    /// <summary>Stores a push. <paramref name="replaceGroup"/> is PUT, else POST; <paramref name="rawPath"/> is the path as it stood in the request.</summary>
    public async Task<IngestAnswer> PushAsync(string rawPath, ReadOnlyMemory<byte> body, string contentType, bool replaceGroup)
    {
        if (PushPath.Parse(rawPath, out string error) is not { } labels) return IngestAnswer.Bad(error);
        if (contentType.Contains("protobuf", StringComparison.OrdinalIgnoreCase)) return new(415, "pushes in protobuf are not accepted yet; send the text format");
        var format = contentType.Contains("openmetrics", StringComparison.OrdinalIgnoreCase) ? ExpositionFormat.OpenMetrics : ExpositionFormat.Text;
        long nowMs = Now();
        var metadata = new SourceMetadata();
        SampleBatch batch;
        try
        {
            var families = PushBody.Parse(body.Span, format, labels, metadata);
            batch = Take(labels, families, metadata, replaceGroup, nowMs);
        }
        catch (IngestFormatException problem)
        {
            Fail(labels, nowMs);
            return IngestAnswer.Bad(problem.Message);
        }
        return await AnswerAsync(batch, success: 200).ConfigureAwait(false);
    }

    /// <summary>Deletes a group; one that is not there is fine, as with the Pushgateway.</summary>
    public async Task<IngestAnswer> DeleteAsync(string rawPath)
    {
        if (PushPath.Parse(rawPath, out string error) is not { } labels) return IngestAnswer.Bad(error);
        var batch = new SampleBatch(Name);
        lock (_lock)
        {
            if (_groups.Remove(KeyOf(labels), out var group)) End(group, batch, Now());
        }
        return await AnswerAsync(batch, success: 202).ConfigureAwait(false);
    }

    private async Task<IngestAnswer> AnswerAsync(SampleBatch batch, int success)
    {
        if (batch.Count == 0 && batch.Dropped.Rejected == 0)
        {
            batch.Release();
            return new(success);
        }
        if (await DeliverAsync(batch).ConfigureAwait(false) is not { } result) return IngestAnswer.Busy("the append queue is full");
        if (result.RejectedBy(RejectReason.Storage) > 0) return IngestAnswer.Busy(result.FirstError?.Message ?? "the write-ahead log cannot be written");
        return new(success);
    }

    private SampleBatch Take(IReadOnlyList<KeyValuePair<string, string>> labels, Dictionary<string, List<PushedSeries>> families, SourceMetadata metadata, bool replaceGroup, long nowMs)
    {
        var batch = new SampleBatch(Name) { ReceivedAt = _time.GetTimestamp() };
        lock (_lock)
        {
            string key = KeyOf(labels);
            if (!_groups.TryGetValue(key, out var group)) _groups[key] = group = new PushGroup(labels) { Ttl = _config.Ttl };
            var replaced = replaceGroup ? group.Families.Keys.ToList() : [.. families.Keys.Where(group.Families.ContainsKey)];
            var gone = replaced.SelectMany(f => group.Families[f]).ToDictionary(s => s.Labels);
            foreach (string family in replaced) group.Families.Remove(family);
            foreach (var (family, series) in families)
            {
                group.Families[family] = series;
                foreach (var one in series) gone.Remove(one.Labels);
            }
            foreach (var one in gone.Values) Write(batch, one, nowMs, StaleMarker.Value);
            if (group.Metadata is { } old) _catalogue.Remove(old);
            group.Metadata = metadata;
            _catalogue.Add(metadata);
            group.PushedAtMs = nowMs;
            Write(batch, group, nowMs);
        }
        return batch;
    }

    private void Fail(IReadOnlyList<KeyValuePair<string, string>> labels, long nowMs)
    {
        lock (_lock)
        {
            if (_groups.TryGetValue(KeyOf(labels), out var group)) group.FailedAtMs = nowMs;
        }
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                await Task.Delay(_config.Interval, _time, _stop.Token).ConfigureAwait(false);
                var batch = WriteAll();
                if (batch.Count == 0) batch.Release();
                else if (await DeliverAsync(batch).ConfigureAwait(false) is null) LogSkipped(Name);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private SampleBatch WriteAll()
    {
        long nowMs = Now();
        var batch = new SampleBatch(Name);
        lock (_lock)
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
        return batch;
    }

    private void Write(SampleBatch batch, PushGroup group, long nowMs)
    {
        foreach (var series in group.Families.Values)
        {
            foreach (var one in series) Write(batch, one, nowMs, one.Value);
        }
        WriteOwn(batch, group, nowMs, "push_time_seconds", group.PushedAtMs / 1000.0);
        WriteOwn(batch, group, nowMs, "push_failure_time_seconds", group.FailedAtMs / 1000.0);
    }

    private void End(PushGroup group, SampleBatch batch, long nowMs)
    {
        foreach (var one in group.Families.Values.SelectMany(s => s)) Write(batch, one, nowMs, StaleMarker.Value);
        WriteOwn(batch, group, nowMs, "push_time_seconds", StaleMarker.Value);
        WriteOwn(batch, group, nowMs, "push_failure_time_seconds", StaleMarker.Value);
        if (group.Metadata is { } metadata) _catalogue.Remove(metadata);
    }

    private void WriteOwn(SampleBatch batch, PushGroup group, long nowMs, string name, double value)
    {
        var labels = Labels.Of([new("__name__", name), .. group.Labels.Select(l => (l.Key, l.Value))]);
        Write(batch, new PushedSeries(labels, value), nowMs, value);
    }

    private void Write(SampleBatch batch, PushedSeries series, long nowMs, double value)
    {
        if (series.Handle.IsNone || !Router.Store.IsLive(series.Handle))
        {
            var route = Router.Resolve(new LabelsBuilder().Reset(series.Labels));
            if (route.IsDropped)
            {
                batch.Drop(route.Dropped == DropReason.Limit ? RejectReason.Limit : RejectReason.Dropped);
                return;
            }
            series.Handle = route.Handle;
        }
        batch.Add(series.Handle, nowMs, value);
    }

    // Rises strictly: two pushes within a millisecond must not collide on one timestamp.
    private long Now()
    {
        lock (_lock) return _lastMs = Math.Max(_lastMs + 1, _time.GetUtcNow().ToUnixTimeMilliseconds());
    }

    private static string KeyOf(IReadOnlyList<KeyValuePair<string, string>> labels) =>
        string.Join('\xff', labels.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => l.Key + "\xfe" + l.Value));

    [LoggerMessage(Level = LogLevel.Warning, Message = "push {Name}: the append queue is full, a round of pushed groups was left out")]
    private partial void LogSkipped(string name);

    [LoggerMessage(Level = LogLevel.Information, Message = "pushed group {Group} was not pushed again within {Ttl}: its series end")]
    private partial void LogExpired(string group, TimeSpan ttl);
}
