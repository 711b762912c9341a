using Streamline.Pipeline.Config;
using Streamline.Pipeline.Tests.Config;

namespace Streamline.Pipeline.Tests.Host;

/// <summary>node_exporter's flags as keys of the host source.</summary>
public sealed class HostConfigTests
{
    [Fact]
    public void Empty_IsNodeExportersDefaults()
    {
        var config = Host("host: {}");
        Assert.Equal(Enum.GetValues<HostCollector>(), config.Collectors);
        Assert.Equal(@"^(z?ram|loop|fd|(h|s|v|xv)d[a-z]|nvme\d+n\d+p)\d+$", config.Collector.Diskstats.Exclude);
        Assert.Equal("^/(dev|proc|run/credentials/.+|sys|var/lib/docker/.+|var/lib/containers/storage/.+)($|/)", config.Collector.Filesystem.ExcludedMountPoints);
        Assert.StartsWith("^(autofs|", config.Collector.Filesystem.ExcludedFsTypes, StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromSeconds(5), config.Collector.Filesystem.MountTimeout);
        Assert.Equal("^(oom_kill|pgpg|pswp|pg.*fault).*", config.Collector.Vmstat.Fields);
        Assert.Equal("/run/udev/data", config.UdevDataPath);
        Assert.True(config.Collector.Cpu.Guest);
        Assert.False(config.Collector.Cpu.HasInfo);
    }

    [Fact]
    public void Collectors_AreChosenByName()
    {
        Assert.Equal([HostCollector.Cpu, HostCollector.UdpQueues], Host("host: {disable_defaults: true, enable: [udp_queues, cpu]}").Collectors);
        var most = Host("host: {disable: [zfs, hwmon]}").Collectors;
        Assert.DoesNotContain(HostCollector.Zfs, most);
        Assert.Equal(Enum.GetValues<HostCollector>().Length - 2, most.Count);
    }

    [Fact]
    public void Settings_StandUnderTheCollector()
    {
        var config = Host("""
            host:
              rootfs_path: /host
              collector:
                netdev: {device_include: '^eth', address_info: true}
                diskstats: {device_include: '^sd'}
                filesystem: {mount_points_exclude: '^/boot', mount_timeout: 2s}
                ipvs: {backend_labels: [local_port, proto]}
                textfile: {directory: /var/lib/metrics}
                cpu: {info_flags_include: '^avx'}
            """).Collector;
        Assert.Equal("^eth", config.Netdev.DeviceInclude);
        Assert.Equal("", config.Diskstats.Exclude);
        Assert.Equal(("^/boot", TimeSpan.FromSeconds(2)), (config.Filesystem.ExcludedMountPoints, config.Filesystem.MountTimeout));
        Assert.Equal([IpvsLabel.LocalPort, IpvsLabel.Proto], config.Ipvs.BackendLabels);
        Assert.Equal(["/var/lib/metrics"], config.Textfile.Directory.Items);
        Assert.True(config.Cpu.HasInfo);
    }

    [Fact]
    public void Settings_ThatDiffer_MakeAnotherSource_AtAReload()
    {
        const string written = "host: {disable: [zfs], collector: {netdev: {device_include: '^eth'}, textfile: {directory: [/a, /b]}, ipvs: {backend_labels: [proto]}}}";
        Assert.True(ConfigPrinter.AreSame(Host(written), Host(written)));
        foreach (var (old, other) in new[] { ("^eth", "^en"), ("zfs", "xfs"), ("/b", "/c"), ("proto", "local_port") })
            Assert.False(ConfigPrinter.AreSame(Host(written), Host(written.Replace(old, other, StringComparison.Ordinal))), other);
    }

    public static TheoryData<string, string> Faults => new()
    {
        { "{enable: [systemd]}", "enable[0]: expected one of arp," },
        { "{disable: [hwmom]}", "(hwmon)" },
        { "{disable_defaults: true}", "no collector is left" },
        { "{enable: [cpu], disable: [cpu]}", "the collector cpu is enabled too" },
        { "{collector: {arp: {device_include: a, device_exclude: b}}}", "device_include and device_exclude are mutually exclusive" },
        { "{collector: {hwmon: {sensor_include: a, sensor_exclude: b}}}", "sensor_include and sensor_exclude are mutually exclusive" },
        { "{collector: {netclass: {ignored_devices: '('}}}", "bad regular expression \"(\"" },
        { "{collector: {vmstat: {fields: '(?=x)'}}}", "bad regular expression" },
        { "{collector: {ipvs: {backend_labels: [port]}}}", "expected one of local_address, local_port" },
        { "{collector: {netdev: {device_exlude: a}}}", "unknown key \"device_exlude\" (device_exclude)" },
        { "{collector: {filesystem: {mount_timeout: 0s}}}", "must be more than 0s" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void Fault_IsTold(string host, string message) =>
        Assert.Contains(ConfigText.Bad($"pipelines: {{a: {{sources: [{{host: {host}}}]}}}}"), e => e.Contains(message, StringComparison.Ordinal));

    private static HostSourceConfig Host(string source) =>
        ConfigText.Good("pipelines:\n  a:\n    sources:\n    - " + source.ReplaceLineEndings("\n").Replace("\n", "\n      ", StringComparison.Ordinal)).Pipelines.Single(p => p.Name == "a").Sources[0].Host!;
}
