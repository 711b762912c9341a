namespace Streamline.Pipeline.Config;

/// <summary>Settings of the host source's collectors, by collector.</summary>
internal sealed record HostCollectorConfig : ConfigNode
{
    public HostDevicesConfig Arp { get; init; } = new();

    public HostBcacheConfig Bcache { get; init; } = new();

    public HostCpuConfig Cpu { get; init; } = new();

    public HostDiskConfig Diskstats { get; init; } = new();

    public HostFilesystemConfig Filesystem { get; init; } = new();

    public HostHwmonConfig Hwmon { get; init; } = new();

    public HostDevicesConfig Infiniband { get; init; } = new();

    public HostIpvsConfig Ipvs { get; init; } = new();

    public HostNetClassConfig Netclass { get; init; } = new();

    public HostNetDevConfig Netdev { get; init; } = new();

    /// <summary>By default what dashboards use of some hundred counters.</summary>
    public HostFieldsConfig Netstat { get; init; } = new() { Fields = HostFieldsConfig.NetstatDefault };

    /// <summary>Of the collector powersupplyclass, whose flag is named so.</summary>
    public HostPowerSupplyConfig Powersupply { get; init; } = new();

    public HostRaplConfig Rapl { get; init; } = new();

    public HostStatConfig Stat { get; init; } = new();

    public HostIgnoredDevicesConfig Tapestats { get; init; } = new();

    public HostTextfileConfig Textfile { get; init; } = new();

    public HostFieldsConfig Vmstat { get; init; } = new() { Fields = HostFieldsConfig.VmstatDefault };
}
