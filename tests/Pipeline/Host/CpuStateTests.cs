using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Tests.Host;

/// <summary>Processor times over several rounds, and what is shown on demand.</summary>
public sealed class CpuStateTests : IDisposable
{
    private readonly HostFolder _machine = new();

    public void Dispose() => _machine.Dispose();

    [Fact]
    public async Task Times_ThatGoBackALittle_Stay_AndBeginAnewAfterAHotplug()
    {
        await using var bench = new HostBench(_machine, null, HostCollector.Cpu);
        Stat("cpu0 1000 0 0 5000 300 0 0 0 0 0");
        await bench.StartAsync();
        foreach (string line in new[] { "cpu0 1100 0 0 4900 299 0 0 0 0 0", "cpu0 5 0 0 10 1 0 0 0 0 0" })
        {
            Stat(line);
            await bench.Store.Time.StepAsync(HostBench.Interval);
        }
        Assert.Equal(["node_cpu_seconds_total{cpu=0,mode=user} 10 11 0.05"], Of(bench, "user"));
        Assert.Equal(["node_cpu_seconds_total{cpu=0,mode=idle} 50 50 0.1"], Of(bench, "idle"));
        Assert.Equal(["node_cpu_seconds_total{cpu=0,mode=iowait} 3 3 0.01"], Of(bench, "iowait"));
    }

    [Fact]
    public async Task Processor_ThatWasAway_BeginsAnew()
    {
        await using var bench = new HostBench(_machine, null, HostCollector.Cpu);
        Stat("cpu0 1 0 0 0\ncpu1 500 0 0 100 0 0 0 0 0 0");
        await bench.StartAsync();
        foreach (string line in new[] { "cpu0 1 0 0 0", "cpu0 1 0 0 0\ncpu1 7 0 0 100 0 0 0 0 0 0" })
        {
            Stat(line);
            await bench.Store.Time.StepAsync(HostBench.Interval);
        }
        Assert.Equal("node_cpu_seconds_total{cpu=1,mode=user} 5 stale 0.07", Of(bench, "user")[^1]);
    }

    [Fact]
    public async Task Info_OnDemand_WithFlagsAndBugs_WithoutGuests()
    {
        await HostTable.AssertAsync(
            HostCollector.Cpu,
            """
            proc/stat = cpu0 100 0 0 0 0 0 0 0 7 7\n
            proc/cpuinfo = processor\t: 0\nvendor_id\t: GenuineX\ncpu family\t: 6\nmodel\t\t: 142\nmodel name\t: X(R) 3000\nstepping\t: 10\nmicrocode\t: 0xb4\ncpu MHz\t\t: 799.998\ncache size\t: 8192 KB\nphysical id\t: 0\ncore id\t\t: 3\nflags\t\t: fpu aes avx2 avx\nbugs\t\t: spectre_v1 mds\n\nprocessor\t: 1\nflags\t\t: other\n
            """,
            """
            success 1
            node_cpu_bug_info{bug=mds} 1
            node_cpu_flag_info{flag=avx2} 1
            node_cpu_flag_info{flag=avx} 1
            node_cpu_info{cachesize=8192 KB,core=3,cpu=0,family=6,microcode=0xb4,model=142,model_name=X(R) 3000,package=0,stepping=10,vendor=GenuineX} 1
            node_cpu_info{cpu=1} 1
            node_cpu_seconds_total{cpu=0,mode=idle} 0
            node_cpu_seconds_total{cpu=0,mode=iowait} 0
            node_cpu_seconds_total{cpu=0,mode=irq} 0
            node_cpu_seconds_total{cpu=0,mode=nice} 0
            node_cpu_seconds_total{cpu=0,mode=softirq} 0
            node_cpu_seconds_total{cpu=0,mode=steal} 0
            node_cpu_seconds_total{cpu=0,mode=system} 0
            node_cpu_seconds_total{cpu=0,mode=user} 1
            """,
            new HostCollectorConfig { Cpu = new() { Guest = false, InfoFlagsInclude = "^avx", InfoBugsInclude = "mds" } });
    }

    private void Stat(string lines) => _machine.Write("proc/stat", lines + "\n");

    private static List<string> Of(HostBench bench, string mode) => [.. bench.Store.Samples("node_cpu_seconds_total").Where(s => s.Contains($"mode={mode}}}", StringComparison.Ordinal))];
}
