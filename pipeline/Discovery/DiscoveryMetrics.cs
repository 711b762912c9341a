using System.Diagnostics.Metrics;

namespace Streamline.Pipeline.Discovery;

/// <summary>What discovery says about itself, under Prometheus's names.</summary>
internal sealed class DiscoveryMetrics
{
    private readonly Lock _lock = new();
    private readonly List<DiscoveryCounts> _running = [];
    private readonly Dictionary<string, double> _fileTimes = [];
    private readonly Counter<long> _failures;
    private readonly Counter<long> _delayed;
    private readonly Histogram<double> _seconds;
    private readonly Counter<long> _fileErrors;
    private readonly Histogram<double> _fileSeconds;
    private readonly Meter _meter;
    private readonly Dictionary<string, Counter<long>> _mechanismFailures = [];

    public DiscoveryMetrics(Meter meter)
    {
        _meter = meter;
        _failures = meter.CreateCounter<long>("prometheus_sd_refresh_failures_total", null, "Times that a discovery mechanism could not list its targets.");
        _seconds = meter.CreateHistogram<double>("prometheus_sd_refresh_duration_seconds", null, "Time that listing the targets took, seconds.");
        _fileErrors = meter.CreateCounter<long>("prometheus_sd_file_read_errors_total", null, "Target files that could not be read or understood.");
        _fileSeconds = meter.CreateHistogram<double>("prometheus_sd_file_scan_duration_seconds", null, "Time that reading all files of an entry of file_sd_configs took, seconds.");
        Received = meter.CreateCounter<long>("prometheus_sd_received_updates_total", null, "Updates that mechanisms gave.");
        // Jobs take up an update while they are told of it, so this stays at 0; the throttle's waits do not count in Prometheus either.
        _delayed = meter.CreateCounter<long>("prometheus_sd_updates_delayed_total", null, "Updates that a job could not take up at once.");
        Sent = meter.CreateCounter<long>("prometheus_sd_updates_total", null, "Updates that jobs took up.");
        DnsLookups = meter.CreateCounter<long>("prometheus_sd_dns_lookups_total", null, "Names looked up by dns_sd_configs.");
        DnsLookupFailures = meter.CreateCounter<long>("prometheus_sd_dns_lookup_failures_total", null, "Names of dns_sd_configs that could not be looked up.");
        ConsulFailures = meter.CreateCounter<long>("prometheus_sd_consul_rpc_failures_total", null, "Questions to Consul that failed.");
        ConsulSeconds = meter.CreateHistogram<double>("prometheus_sd_consul_rpc_duration_seconds", null, "Time that a question to Consul took, the wait for a change included, seconds.");
        meter.CreateObservableGauge("prometheus_sd_discovered_targets", () => Observe(c => c.Targets), null, "Targets found, before relabelling.");
        meter.CreateObservableGauge("prometheus_sd_last_update_timestamp_seconds", () => Observe(c => c.UpdatedSeconds), null, "When a job last took up an update, Unix seconds.");
        meter.CreateObservableGauge("prometheus_sd_failed_configs", FailedConfigs, null, "Configured mechanisms that could not be started.");
        meter.CreateObservableGauge("prometheus_sd_file_mtime_seconds", FileTimes, null, "When a target file was last changed, Unix seconds, as of its last reading.");
    }

    public Counter<long> Received { get; }

    public Counter<long> Sent { get; }

    public Counter<long> DnsLookups { get; }

    public Counter<long> DnsLookupFailures { get; }

    public Counter<long> ConsulFailures { get; }

    public Histogram<double> ConsulSeconds { get; }

    /// <summary>A job begins to discover; it is counted until it is disposed.</summary>
    public DiscoveryCounts Begin(string set, string config, int failedConfigs)
    {
        var counts = new DiscoveryCounts(this, set, config, failedConfigs);
        lock (_lock) _running.Add(counts);
        var tag = new KeyValuePair<string, object?>("name", set);
        foreach (var counter in (Counter<long>[])[Received, Sent, _delayed]) counter.Add(0, tag);
        return counts;
    }

    public void End(DiscoveryCounts counts)
    {
        lock (_lock) _running.Remove(counts);
    }

    /// <summary>One turn of a mechanism that asks again and again.</summary>
    public void Refreshed(string mechanism, string config, TimeSpan elapsed, bool failed)
    {
        KeyValuePair<string, object?> mechanismTag = new("mechanism", mechanism), configTag = new("config", config);
        _failures.Add(failed ? 1 : 0, mechanismTag, configTag);
        _seconds.Record(elapsed.TotalSeconds, mechanismTag, configTag);
    }

    /// <summary>Counts under <c>prometheus_sd_MECHANISM_failures_total</c>, which some mechanisms have beside the common counter.</summary>
    public Counter<long> FailuresOf(string mechanism)
    {
        lock (_lock)
        {
            if (_mechanismFailures.TryGetValue(mechanism, out var known)) return known;
            return _mechanismFailures[mechanism] = _meter.CreateCounter<long>($"prometheus_sd_{mechanism}_failures_total", null, $"Times that discovery by {mechanism} failed.");
        }
    }

    public void FilesScanned(TimeSpan elapsed, int failed)
    {
        _fileErrors.Add(failed);
        _fileSeconds.Record(elapsed.TotalSeconds);
    }

    /// <summary>When a target file was changed, or null when it is gone.</summary>
    public void FileChanged(string path, DateTime? at)
    {
        lock (_lock)
        {
            if (at is { } time) _fileTimes[path] = (time - DateTime.UnixEpoch).TotalSeconds;
            else _fileTimes.Remove(path);
        }
    }

    private IEnumerable<Measurement<double>> Observe(Func<DiscoveryCounts, double> value)
    {
        lock (_lock) return [.. _running.Select(c => new Measurement<double>(value(c), c.Tags))];
    }

    private IEnumerable<Measurement<long>> FailedConfigs()
    {
        lock (_lock) return [.. _running.GroupBy(c => c.Set).Select(g => new Measurement<long>(g.Sum(c => c.FailedConfigs), new KeyValuePair<string, object?>("name", g.Key)))];
    }

    private IEnumerable<Measurement<double>> FileTimes()
    {
        lock (_lock) return [.. _fileTimes.Select(f => new Measurement<double>(f.Value, new KeyValuePair<string, object?>("filename", f.Key)))];
    }
}
