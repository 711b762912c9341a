using Microsoft.Extensions.Logging;
using Streamline.Pipeline.Config;
using Streamline.Pipeline.Ingest;
using Streamline.Pipeline.Stages;

namespace Streamline.Pipeline.Host;

/// <summary>This machine's metrics, named and labelled as node_exporter's so that its dashboards and alerts work.</summary>
internal sealed class HostSource : IntervalSource
{
    private readonly IHostCollector[] _collectors;
    private readonly HostFiles _files;
    private readonly TimeProvider _time;

    public HostSource(string name, HostSourceConfig config, IReadOnlyList<KeyValuePair<string, string>> labels, SeriesRouter router, TimeProvider time, ILogger logger)
        : base("host", name, config.Interval, labels, router, time, logger)
    {
        _time = time;
        _files = new HostFiles(config.ProcPath, config.SysPath, config.RootfsPath);
        _collectors =
        [
            new CpuCollector(), new StatCollector(), new MemoryCollector(), new LoadCollector(), new DiskCollector(), new FilesystemCollector(),
            new NetworkCollector(), new PressureCollector(), new VmstatCollector(), new FileDescriptorCollector(), new UnameCollector(), new TimeCollector(time),
        ];
    }

    /// <summary>What the collectors give, for the API's metadata.</summary>
    public IEnumerable<HostFamily> Families => _collectors.SelectMany(c => c.Families);

    protected override void Collect(SeriesWriter writer)
    {
        foreach (var collector in _collectors)
        {
            long began = _time.GetTimestamp();
            bool success = collector.Collect(_files, writer);
            writer.Series("node_scrape_collector_duration_seconds"u8).Label("collector"u8, collector.Name).Value(_time.GetElapsedTime(began).TotalSeconds);
            writer.Series("node_scrape_collector_success"u8).Label("collector"u8, collector.Name).Value(success ? 1 : 0);
        }
    }
}
