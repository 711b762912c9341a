using Microsoft.Extensions.Logging;
using Streamline.Pipeline.Config;
using Streamline.Pipeline.Ingest;
using Streamline.Pipeline.Stages;

namespace Streamline.Pipeline.Host;

/// <summary>This machine's metrics, named and labelled as node_exporter's so that its dashboards and alerts work.</summary>
internal sealed partial class HostSource : IntervalSource
{
    private static readonly HostFamily Duration = HostFamily.Gauge("node_scrape_collector_duration_seconds", "Time the collector took in the last round, seconds.");
    private static readonly HostFamily Success = HostFamily.Gauge("node_scrape_collector_success", "1 when the collector had no fault in the last round, else 0.");

    private readonly (string Name, IHostCollector Collector)[] _collectors;
    private readonly HostFiles _files;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    public HostSource(string name, HostSourceConfig config, IReadOnlyList<KeyValuePair<string, string>> labels, SeriesRouter router, TimeProvider time, ILogger logger)
        : this(name, config, HostCollectors.Make(config, logger), labels, router, time, logger)
    {
    }

    /// <summary>With these collectors instead of those that the configuration asks for.</summary>
    public HostSource(
        string name, HostSourceConfig config, (string Name, IHostCollector Collector)[] collectors, IReadOnlyList<KeyValuePair<string, string>> labels, SeriesRouter router, TimeProvider time, ILogger logger)
        : base("host", name, config.Interval, labels, router, time, logger)
    {
        (_time, _logger, _collectors) = (time, logger, collectors);
        _files = new HostFiles(new HostPaths(config.ProcPath, config.SysPath, config.RootfsPath, config.UdevDataPath), time);
    }

    /// <summary>What the collectors give, for the API's metadata.</summary>
    public IEnumerable<HostFamily> Families => [Duration, Success, .. _collectors.SelectMany(c => c.Collector.Families)];

    protected override void Collect(SeriesWriter writer)
    {
        foreach (var (name, collector) in _collectors)
        {
            long began = _time.GetTimestamp();
            bool success = TryCollect(name, collector, writer);
            writer.Series(Duration).Label("collector"u8, name).Value(_time.GetElapsedTime(began).TotalSeconds);
            writer.Series(Success).Label("collector"u8, name).Value(success ? 1 : 0);
        }
    }

    // What one collector cannot digest must not cost the others' samples.
    private bool TryCollect(string name, IHostCollector collector, SeriesWriter writer)
    {
        try
        {
            return collector.Collect(_files, writer);
        }
        catch (Exception error)
        {
            LogFailed(error, name);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "host source: the collector {Collector} failed; the others go on")]
    private partial void LogFailed(Exception error, string collector);
}
