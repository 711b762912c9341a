using Microsoft.Extensions.Logging.Abstractions;
using Streamline.Pipeline.Config;
using Streamline.Pipeline.Host;
using Streamline.Pipeline.Tests.Ingest;

namespace Streamline.Pipeline.Tests.Host;

/// <summary>The host source in virtual time over files of the test's choice.</summary>
internal sealed class HostBench : IAsyncDisposable
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    public HostBench(string procPath, string sysPath, string rootfsPath = "/")
    {
        var config = new HostSourceConfig { Interval = Interval, ProcPath = procPath, SysPath = sysPath, RootfsPath = rootfsPath };
        Source = new HostSource("host", config, [], Store.Router, Store.Time, NullLogger.Instance);
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
