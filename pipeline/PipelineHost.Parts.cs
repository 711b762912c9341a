using System.Buffers;
using Streamline.Pipeline.Alerting;
using Streamline.Pipeline.Config;
using Streamline.Pipeline.Graph;
using Streamline.Pipeline.Ingest;
using Streamline.Pipeline.Ingest.Otlp;
using Streamline.Pipeline.Memory;
using Streamline.Pipeline.Notify;
using Streamline.Pipeline.Queries;
using Streamline.Pipeline.Rules;
using Streamline.Pipeline.Scrape;
using Streamline.Pipeline.Sinks;
using Streamline.Pipeline.Stages;
using Streamline.Query.Syntax;
using Streamline.Storage;

namespace Streamline.Pipeline;

/// <summary>What follows the commit: rules, dispatch, sinks; and the host's own metrics.</summary>
public sealed partial class PipelineHost
{
    private static readonly TimeSpan LastNotifications = TimeSpan.FromSeconds(5);

    private MemoryLadder _ladder = null!;
    private PushGroups _pushed = null!;
    private AggregateJournals _journals = null!;
    private DeltaStreams _deltas = null!;
    private ScrapeManager _scrapes = null!;
    private Dispatcher _dispatcher = null!;
    private AlertCounter _alerts = null!;
    private LiveRules _rules = null!;
    private SinkSet _sinks = null!;
    private bool _partsRun;

    /// <summary>Rule groups with their rules, alerts and last evaluations.</summary>
    public IReadOnlyList<RuleGroupSnapshot> Rules() => _rules.Snapshot();

    /// <summary>Scrape jobs with their targets, and the sources of this process that have an <c>up</c> of their own.</summary>
    public IReadOnlyList<ScrapePoolStatus> ScrapePools() =>
        [.. _sources.All.Select(s => s.Source).OfType<IntervalSource>().Select(s => s.Status()), .. _scrapes.Pools()];

    /// <summary>What each relabelling rule of a scrape job does to a discovered target; null when there is no such job.</summary>
    public IReadOnlyList<RelabelStep>? RelabelSteps(string pool, Labels discovered)
    {
        if (_scrapes.Find(pool) is { } job) return Discovery.RelabelSteps.Of(job.Config, discovered);
        return ScrapePools().Any(p => p.Name == pool) ? [] : null;
    }

    /// <summary>The host's own metrics in Prometheus's text format 0.0.4.</summary>
    public void WriteMetrics(IBufferWriter<byte> target) => _metrics.WriteText(target);

    private void OpenParts()
    {
        _meter.CreateObservableGauge("prometheus_config_last_reload_successful", () => LastReloadSucceeded ? 1 : 0, description: "1 when the last load of the configuration was good.");
        _meter.CreateObservableGauge("prometheus_config_last_reload_success_timestamp_seconds", () => LastReloadMs / 1000.0, description: "When a configuration was last taken, Unix seconds.");
        _meter.CreateObservableGauge("prometheus_ready", () => IsReady ? 1 : 0, description: "1 when the server is ready.");
        _meter.CreateObservableCounter("streamline_append_batches_total", () => _append.Batches, description: "Batches committed.");
        _meter.CreateObservableCounter("streamline_append_samples_total", () => _append.Accepted, description: "Samples accepted by commits.");
        _meter.CreateObservableCounter("streamline_append_rejected_samples_total", () => _append.Rejected, description: "Samples refused before or by commits.");
        EdgeMetrics.Publish(_meter, ChainEdges);
        _journals = new AggregateJournals(Path.Combine(_options.DataPath, "streamline", "aggregate"), () => Store.Fsync, _options.Time, _options.Logs.CreateLogger("Aggregate"));
        _deltas = new DeltaStreams(Path.Combine(_options.DataPath, "streamline", "otlp"), () => Store.Fsync, _options.Time, _options.Logs.CreateLogger("Otlp"));
        _pushed = new PushGroups(Path.Combine(_options.DataPath, "streamline", "push"), _metadata, _options.Logs.CreateLogger("Push"));
        _ladder = new MemoryLadder(ProcessMemory.UsedBytes, _options.Time, _meter, _options.Logs.CreateLogger("Memory")) { Changed = ApplyRung };
        _scrapes = new ScrapeManager(new ScrapeManagerOptions
        {
            IsShortOfMemory = () => _ladder.Rung >= MemoryRung.ScrapesSkipped,
            Meter = _meter,
            Logger = _options.Logs.CreateLogger("Scrape"),
            Time = _options.Time,
            Metadata = _metadata,
            Features = ScrapeFeatures.Of(_options.Features),
            Seed = Labels.Of([("host", Environment.MachineName), .. _config.Global.ExternalLabels.Select(l => (l.Key, l.Value))]).Hash,
            ExternalHost = _options.ExternalUrl.Host == "localhost" ? Environment.MachineName : _options.ExternalUrl.Host,
        });
        string journals = Path.Combine(_options.DataPath, "streamline", "alerts");
        string externalUrl = _options.ExternalUrl.ToString().TrimEnd('/');
        _dispatcher = new Dispatcher(new DispatcherSetup
        {
            JournalPath = journals,
            Time = _options.Time,
            Meter = _meter,
            Logger = _options.Logs.CreateLogger("Dispatch"),
            ExternalUrl = externalUrl,
        });
        _alerts = new AlertCounter(_dispatcher);
        var entry = new Edge(GraphPlan.RulesId, GraphPlan.AppendId, _append.Input, () => _append.Queued, AppendNode.Capacity, _options.Time) { Taps = _taps };
        _rules = new LiveRules(new LiveRulesSetup
        {
            IsShortOfMemory = () => _ladder.Rung >= MemoryRung.RecordingSlows,
            Parse = text => PromqlParser.Parse(text),
            Evaluate = Query.Instant,
            HaveWork = wait => Query.RulesHaveWay = wait,
            Resolve = Store.Resolve,
            IsLive = Store.IsLive,
            WatchSeries = Store.WatchSeries,
            Target = entry,
            Alerts = _alerts,
            JournalPath = journals,
            Fsync = () => Store.Fsync,
            Time = _options.Time,
            Meter = _meter,
            Logger = _options.Logs.CreateLogger("Rules"),
            ExternalUrl = externalUrl,
            ResendDelayMs = _options.ResendDelayMs,
        });
        _append.Observe(_rules.OnCommitted);
        _sinks = new SinkSet(_options.DataPath, Store, _options.Time, _meter, _options.Logs.CreateLogger("Lake"));
    }

    private void StartParts()
    {
        CommitParts(PrepareParts(_config));
        _dispatcher.Start();
        _rules.Start();
        if (_config.Alertmanager?.Receivers.Any(r => r.WebhookConfigs.Count > 0) == true) _ = Task.Run(() => NotifyRehearsal.RunAsync(_options.Time));
        _partsRun = true;
    }

    // What may fail of a reload; nothing that runs is touched.
    private PreparedParts PrepareParts(StreamlineConfig config)
    {
        var dispatch = config.Alertmanager is { } section ? DispatchModel.Build(section, _options.Time, _options.Logs.CreateLogger("Notify")) : null;
        RulePlan rules = _rules.Prepare(config.RuleGroups, config.Global);
        return new PreparedParts(rules, dispatch, config, OpenQueryLog(config.Global));
    }

    // The last thing prepared, as nothing would close it if another part failed.
    private QueryLog? OpenQueryLog(GlobalConfig config)
    {
        try
        {
            return _queries.Prepare(config.QueryLogFile);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            var at = config.Origin.At("query_log_file");
            throw new ConfigException([new ConfigError(at.File, at.Line, at.Column, "global.query_log_file", error.Message)]);
        }
    }

    private void CommitParts(PreparedParts parts)
    {
        if (parts.Dispatch is { } dispatch)
        {
            foreach (string warning in dispatch.Warnings) LogConfigWarning(warning);
            _dispatcher.Commit(dispatch);
        }
        _alerts.IsOpen = parts.Dispatch is not null;
        _rules.Commit(parts.Rules);
        _sinks.Apply(parts.Config.Sinks);
        Store.OutOfOrderWindowMs = parts.Config.Storage.Tsdb.OutOfOrderWindowMs;
        Store.MaxExemplars = MaxExemplarsOf(_options, parts.Config.Storage);
        Store.StaleSeriesThreshold = parts.Config.Storage.Tsdb.StaleSeriesCompactionThreshold;
        Store.FloatChunks = FloatChunksOf(_options, parts.Config.Storage.Tsdb);
        Store.Retention = LimitsOf(_options, parts.Config.Storage.Tsdb);
        Store.Fsync = parts.Config.Storage.Tsdb.Wal.Policy;
        long available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        _ladder.Limit(parts.Config.Limits.Memory.Of(available));
        ApplyRung(_ladder.Rung);
        Query.DefaultSubqueryStepMs = (long)parts.Config.Global.EvaluationInterval.TotalMilliseconds;
        _queries.Use(parts.QueryLog, parts.Config.Limits.SlowQuery);
        Query.LimitMemory(parts.Config.Limits.BytesPerQuery(available), parts.Config.Limits.BytesForQueries(available));
    }

    // A thirty-second of what the process may use, at most what the samples of 30 million points take: more is not looked at again and again.
    private const int DecodedShare = 32;
    private const long MostDecodedBytes = 256 << 20;

    private void ApplyRung(MemoryRung rung)
    {
        Store.HoldCompaction = rung >= MemoryRung.CompactionWaits;
        Store.DecodedChunkBytes = rung >= MemoryRung.CompactionWaits ? 0 : Math.Min(_ladder.Status.LimitBytes / DecodedShare, MostDecodedBytes);
    }

    private sealed record PreparedParts(RulePlan Rules, DispatchModel? Dispatch, StreamlineConfig Config, QueryLog? QueryLog);

    private Task StopRulesAsync()
    {
        _rules.Dispose();
        return Task.CompletedTask;
    }

    // Notifications on their way may end, but a dead receiver must not hold the process back.
    private async Task StopPartsAsync()
    {
        if (_partsRun) await _dispatcher.DrainAsync(LastNotifications).ConfigureAwait(false);
        _dispatcher.Dispose();
        _ladder.Dispose();
        _journals.Dispose();
        _deltas.Dispose();
        _pushed.Dispose();
        _scrapes.Dispose();
        _sinks.Dispose();
    }

    private void AddRules(List<NodeStatus> nodes, List<EdgeStatus> edges)
    {
        var groups = _rules.Snapshot();
        var rules = groups.SelectMany(g => g.Rules).ToList();
        if (groups.Count > 0)
        {
            nodes.Add(new(GraphPlan.RulesId, "rules", "", "live rules", new Dictionary<string, string>
            {
                ["groups"] = $"{groups.Count}",
                ["rules"] = $"{rules.Count}",
                ["streaming"] = $"{rules.Count(r => r.IsStreaming)}",
                ["failing"] = $"{rules.Count(r => r.Health == RuleHealth.Err)}",
            }));
            edges.Add(Plain(GraphPlan.AppendId, GraphPlan.RulesId, _append.Batches, _append.Accepted));
        }
        if (!_alerts.IsOpen) return;
        nodes.Add(new(GraphPlan.DispatchId, "dispatch", "", "dispatch", new Dictionary<string, string> { ["active alerts"] = $"{rules.Sum(r => r.Alerts.Count)}" }));
        nodes.Add(new(GraphPlan.NotifyId, "notify", "", "notify", new Dictionary<string, string>
        {
            ["receivers"] = string.Join(", ", _config.Alertmanager?.Receivers.Select(r => r.Name) ?? []),
        }));
        if (groups.Count > 0) edges.Add(Plain(GraphPlan.RulesId, GraphPlan.DispatchId, _alerts.Calls, _alerts.Updates));
        var (notifications, alerts) = _dispatcher.Notified;
        edges.Add(Plain(GraphPlan.DispatchId, GraphPlan.NotifyId, notifications, alerts));
    }

    private void AddSinks(List<NodeStatus> nodes, List<EdgeStatus> edges) => _sinks.Describe(nodes, edges);

    /// <summary>Counts the alerts on their way from the rules to dispatch; without an <c>alertmanager:</c> section they end here.</summary>
    private sealed class AlertCounter(IAlertTarget next) : IAlertTarget
    {
        private long _calls;
        private long _updates;

        public long Calls => Interlocked.Read(ref _calls);

        public long Updates => Interlocked.Read(ref _updates);

        public bool IsOpen { get; set; }

        public int Post(ReadOnlySpan<AlertUpdate> updates)
        {
            if (!IsOpen) return updates.Length;
            int taken = next.Post(updates);
            Interlocked.Increment(ref _calls);
            Interlocked.Add(ref _updates, taken);
            return taken;
        }
    }
}
