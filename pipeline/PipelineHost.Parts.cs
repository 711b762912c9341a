using System.Buffers;
using Streamline.Pipeline.Alerting;
using Streamline.Pipeline.Config;
using Streamline.Pipeline.Graph;
using Streamline.Pipeline.Rules;
using Streamline.Query.Syntax;

namespace Streamline.Pipeline;

/// <summary>What follows the commit: rules, dispatch, sinks; and the host's own metrics.</summary>
public sealed partial class PipelineHost
{
    private LiveRules _rules = null!;
    private AlertCounter? _alerts;

    /// <summary>Rule groups with their rules, alerts and last evaluations.</summary>
    public IReadOnlyList<RuleGroupSnapshot> Rules() => _rules.Snapshot();

    /// <summary>The host's own metrics in Prometheus's text format 0.0.4.</summary>
    public void WriteMetrics(IBufferWriter<byte> target) => _metrics.WriteText(target);

    private void OpenParts()
    {
        _alerts = null;
        _meter.CreateObservableGauge("prometheus_config_last_reload_successful", () => LastReloadSucceeded ? 1 : 0, description: "1 when the last load of the configuration was good.");
        _meter.CreateObservableGauge("prometheus_config_last_reload_success_timestamp_seconds", () => LastReloadMs / 1000.0, description: "When a configuration was last taken, Unix seconds.");
        _meter.CreateObservableGauge("prometheus_ready", () => IsReady ? 1 : 0, description: "1 when the server is ready.");
        _meter.CreateObservableCounter("streamline_append_batches_total", () => _append.Batches, description: "Batches committed.");
        _meter.CreateObservableCounter("streamline_append_samples_total", () => _append.Accepted, description: "Samples accepted by commits.");
        _meter.CreateObservableCounter("streamline_append_rejected_samples_total", () => _append.Rejected, description: "Samples refused before or by commits.");
        var entry = new Edge(GraphPlan.RulesId, GraphPlan.AppendId, _append.Input, () => _append.Queued, AppendNode.Capacity, _options.Time);
        _rules = new LiveRules(new LiveRulesSetup
        {
            Parse = text => PromqlParser.Parse(text),
            Evaluate = Query.Instant,
            Resolve = Store.Resolve,
            IsLive = Store.IsLive,
            WatchSeries = Store.WatchSeries,
            Target = entry,
            Alerts = _alerts,
            JournalPath = Path.Combine(_options.DataPath, "streamline", "alerts"),
            Time = _options.Time,
            Meter = _meter,
            Logger = _options.Logs.CreateLogger("Rules"),
            ExternalUrl = _options.ExternalUrl.ToString().TrimEnd('/'),
            ResendDelayMs = _options.ResendDelayMs,
        });
        _append.Observe(_rules.OnCommitted);
    }

    private void StartParts()
    {
        _rules.Commit(_rules.Prepare(_config.RuleGroups, _config.Global));
        _rules.Start();
    }

    private void ReloadParts(StreamlineConfig config) => _rules.Commit(_rules.Prepare(config.RuleGroups, config.Global));

    private Task StopRulesAsync()
    {
        _rules.Dispose();
        return Task.CompletedTask;
    }

    private static Task StopPartsAsync() => Task.CompletedTask;

    private void AddRules(List<NodeStatus> nodes, List<EdgeStatus> edges)
    {
        var groups = _rules.Snapshot();
        if (groups.Count == 0) return;
        var rules = groups.SelectMany(g => g.Rules).ToList();
        nodes.Add(new(GraphPlan.RulesId, "rules", "", "live rules", new Dictionary<string, string>
        {
            ["groups"] = $"{groups.Count}",
            ["rules"] = $"{rules.Count}",
            ["streaming"] = $"{rules.Count(r => r.IsStreaming)}",
            ["failing"] = $"{rules.Count(r => r.Health == RuleHealth.Err)}",
        }));
        edges.Add(Plain(GraphPlan.AppendId, GraphPlan.RulesId, _append.Batches, _append.Accepted));
    }

    private static void AddSinks(List<NodeStatus> nodes, List<EdgeStatus> edges)
    {
    }

    /// <summary>Counts the alerts on their way from the rules to dispatch.</summary>
    private sealed class AlertCounter(IAlertTarget next) : IAlertTarget
    {
        private long _calls;
        private long _updates;

        public long Calls => Interlocked.Read(ref _calls);

        public long Updates => Interlocked.Read(ref _updates);

        public int Post(ReadOnlySpan<AlertUpdate> updates)
        {
            int taken = next.Post(updates);
            Interlocked.Increment(ref _calls);
            Interlocked.Add(ref _updates, taken);
            return taken;
        }
    }
}
