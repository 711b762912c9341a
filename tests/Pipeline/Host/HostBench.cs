using Microsoft.Extensions.Logging.Abstractions;
using Streamline.Pipeline.Config;
using Streamline.Pipeline.Host;
using Streamline.Pipeline.Tests.Ingest;

namespace Streamline.Pipeline.Tests.Host;

/// <summary>The host source in virtual time over files of the test's choice.</summary>
internal sealed class HostBench : IAsyncDisposable
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    public HostBench(HostSourceConfig config) => Source = new HostSource("host", config with { Interval = Interval }, [], Store.Router, Store.Time, NullLogger.Instance);

    /// <summary>With collectors of the test's own.</summary>
    public HostBench(HostSourceConfig config, (string Name, IHostCollector Collector)[] collectors) =>
        Source = new HostSource("host", config with { Interval = Interval }, collectors, [], Store.Router, Store.Time, NullLogger.Instance);

    /// <summary>Over the files of a made machine; the collectors' settings may be the test's.</summary>
    public HostBench(HostFolder machine, HostCollectorConfig? collector = null, params HostCollector[] enable)
        : this(new HostSourceConfig
        {
            ProcPath = machine.Proc,
            SysPath = machine.Sys,
            RootfsPath = machine.Root,
            UdevDataPath = machine.Udev,
            DisableDefaults = enable.Length > 0,
            Enable = enable,
            Collector = collector ?? new(),
        })
    {
    }

    public StoreBench Store { get; } = new();

    public HostSource Source { get; }

    /// <summary>Starts and waits for the first round.</summary>
    public async Task StartAsync()
    {
        Source.Start(Store);
        await Store.Time.ArmedAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Source.StopAsync();
        Source.Dispose();
        Store.Dispose();
    }
}
