using Microsoft.Extensions.Logging.Abstractions;
using Streamline.Pipeline.Config;
using Streamline.Pipeline.Host;
using Streamline.Pipeline.Ingest;
using Streamline.Pipeline.Tests.Ingest;
using Streamline.Storage;

namespace Streamline.Pipeline.Tests.Host;

/// <summary>A round over files met before costs no garbage: it runs every five seconds on every machine.</summary>
public sealed class HostAllocationTests
{
    // Bytes that a collector may spend a round, with the reason.
    private static readonly Dictionary<HostCollector, int> Allowed = new()
    {
        // A task that the round can leave behind when a mount hangs.
        [HostCollector.Filesystem] = 1_000,
        // The folder of the devices is listed each time, as a new device must be seen at once: some names.
        [HostCollector.Netclass] = 20_000,
    };

    [Fact]
    public void Collectors_OnThisMachine_AllocateNothing()
    {
        using var bench = new StoreBench();
        var files = new HostFiles(new HostPaths("/proc", "/sys", "/", "/run/udev/data"), bench.Clock);
        var collectors = HostCollectors.Make(new HostSourceConfig(), NullLogger.Instance);
        var writer = new SeriesWriter([new("job", "node")]);
        long[] spent = new long[collectors.Length];
        for (int round = 0; round < 4; round++)
        {
            var batch = new SampleBatch("test", 16_384);
            writer.Begin(batch, bench.Router, bench.NowMs + round);
            for (int i = 0; i < collectors.Length; i++)
            {
                long before = GC.GetAllocatedBytesForCurrentThread();
                collectors[i].Collector.Collect(files, writer);
                spent[i] = GC.GetAllocatedBytesForCurrentThread() - before;
            }
            writer.End();
            batch.Release();
        }
        var tooMuch = new HostSourceConfig().Collectors.Select((name, i) => (name, spent[i])).Where(c => c.Item2 > Allowed.GetValueOrDefault(c.name));
        Assert.Equal("", string.Join(", ", tooMuch));
    }
}
