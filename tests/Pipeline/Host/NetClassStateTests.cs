using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Tests.Host;

/// <summary>Network devices over several rounds: what is read each time, and what when the link changes.</summary>
public sealed class NetClassStateTests : IDisposable
{
    private readonly HostFolder _machine = new();

    public void Dispose() => _machine.Dispose();

    [Fact]
    public async Task Settings_AreReadAgain_WhenTheLinkChangesOrAfterHalfAMinute()
    {
        Link("1000", "down", "1");
        await using var bench = new HostBench(_machine, null, HostCollector.Netclass);
        await bench.StartAsync();
        _machine.Write("sys/class/net/eth0/speed", "2500\n");
        await bench.Store.Time.StepAsync(HostBench.Interval);
        Link("2500", "up", "2");
        await bench.Store.Time.StepAsync(HostBench.Interval);
        _machine.Write("sys/class/net/eth0/speed", "10\n");
        for (int i = 0; i < 6; i++) await bench.Store.Time.StepAsync(HostBench.Interval);
        Assert.Equal(["node_network_speed_bytes{device=eth0} 125000000 125000000 312500000 312500000 312500000 312500000 312500000 312500000 1250000"], bench.Store.Samples("node_network_speed_bytes"));
        Assert.StartsWith("node_network_up{device=eth0} 0 0 1 1", Assert.Single(bench.Store.Samples("node_network_up")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Device_ThatComesAndGoes_IsSeenAtOnce()
    {
        Link("1000", "up", "1");
        await using var bench = new HostBench(_machine, null, HostCollector.Netclass);
        await bench.StartAsync();
        _machine.Write("sys/class/net/veth1/operstate", "up\n");
        await bench.Store.Time.StepAsync(HostBench.Interval);
        Directory.Delete(Path.Combine(_machine.Sys, "class/net/veth1"), recursive: true);
        await bench.Store.Time.StepAsync(HostBench.Interval);
        Assert.Equal(["node_network_up{device=eth0} 1 1 1", "node_network_up{device=veth1} 1 stale"], bench.Store.Samples("node_network_up"));
    }

    private void Link(string speed, string state, string changes) =>
        _machine.Write("sys/class/net/eth0/speed", speed + "\n").Write("sys/class/net/eth0/operstate", state + "\n").Write("sys/class/net/eth0/carrier_changes", changes + "\n");
}
