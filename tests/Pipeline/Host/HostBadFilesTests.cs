using Microsoft.Extensions.Logging.Abstractions;
using Streamline.Pipeline.Config;
using Streamline.Pipeline.Host;
using Streamline.Pipeline.Ingest;
using Streamline.Pipeline.Tests.Ingest;
using Streamline.Storage;

namespace Streamline.Pipeline.Tests.Host;

/// <summary>A machine whose files are not what they should be: every collector comes to an end, and none throws.</summary>
public sealed class HostBadFilesTests : IDisposable
{
    // The files that nearly every machine has; those of rare hardware are the allocation tests'.
    private static readonly string[] Common =
    [
        "proc/cpuinfo", "proc/1/mountinfo", "proc/loadavg", "proc/mdstat", "proc/meminfo", "proc/net/dev", "proc/net/netstat", "proc/net/snmp", "proc/net/snmp6", "proc/net/sockstat", "proc/net/sockstat6",
        "proc/net/softnet_stat", "proc/net/udp", "proc/net/udp6", "proc/pressure/cpu", "proc/pressure/io", "proc/pressure/irq", "proc/schedstat", "proc/sys/fs/file-nr", "proc/sys/kernel/random/entropy_avail",
        "proc/sys/kernel/osrelease", "proc/vmstat", "root/etc/os-release", "root/etc/selinux/config", "sys/class/dmi/id/bios_date", "sys/class/net/eth0/operstate", "sys/class/net/eth0/speed",
        "sys/class/thermal/cooling_device0/cur_state", "sys/devices/system/clocksource/clocksource0/available_clocksource", "sys/devices/system/cpu/isolated", "sys/block/md0/md/level", "sys/block/sda/queue/rotational",
    ];

    private readonly HostFolder _machine = new();

    public void Dispose() => _machine.Dispose();

    [Theory]
    [InlineData("empty")]
    [InlineData("folder")]
    [InlineData("pipe")]
    [InlineData("ring of links")]
    [InlineData("bytes")]
    [InlineData("one long line")]
    [InlineData("numbers without end")]
    public void EveryFile_IsSomethingElse_NoCollectorHangsOrThrows(string kind)
    {
        string[] rare = [.. HostAllocationTests.Machine.ReplaceLineEndings("\n").Split('\n').Select(line => line.Split(" = ")[0])];
        foreach (string file in rare.Concat(Common)) Make(file, kind);
        using var bench = new StoreBench();
        var files = new HostFiles(new HostPaths(_machine.Proc, _machine.Sys, _machine.Root, _machine.Udev), bench.Clock);
        var config = new HostSourceConfig
        {
            Collector = new() { Bcache = new() { PriorityStats = true }, Cpu = new() { InfoFlagsInclude = ".", InfoBugsInclude = "." }, Netdev = new() { LabelIfalias = true }, Stat = new() { Softirq = true } },
        };
        var writer = new SeriesWriter([new("job", "node")]);
        var batch = new SampleBatch("test", 16_384);
        writer.Begin(batch, bench.Router, bench.NowMs);
        foreach (var (_, collector) in HostCollectors.Make(config, NullLogger.Instance)) collector.Collect(files, writer);
        writer.End();
        batch.Release();
        // What needs no file has come: the rounds were real.
        Assert.True(bench.SeriesCount > 0);
    }

    private void Make(string file, string kind)
    {
        byte[] junk = new byte[3_000];
        new Random(7).NextBytes(junk);
        _ = kind switch
        {
            "empty" => _machine.Write(file, ""),
            "folder" => _machine.Write(file + "/x", ""),
            "pipe" => _machine.Pipe(file),
            "ring of links" => _machine.Link(file, Path.GetFileName(file)),
            "bytes" => _machine.Write(file, junk),
            "one long line" => _machine.Write(file, new string('x', 200_000)),
            _ => _machine.Write(file, string.Concat(Enumerable.Repeat("cpu0: 1 -2 99999999999999999999 0x3 4.5e300 nan\n", 200))),
        };
    }
}
