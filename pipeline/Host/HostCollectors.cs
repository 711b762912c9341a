using Microsoft.Extensions.Logging;
using Streamline.Pipeline.Config;
using Streamline.Pipeline.Host.Cpu;
using Streamline.Pipeline.Host.Disks;
using Streamline.Pipeline.Host.Filesystems;
using Streamline.Pipeline.Host.Hardware;
using Streamline.Pipeline.Host.Kernel;
using Streamline.Pipeline.Host.Network;
using Streamline.Pipeline.Host.Textfile;

namespace Streamline.Pipeline.Host;

/// <summary>Makes the collectors that a configuration asks for.</summary>
internal static class HostCollectors
{
    /// <summary>The enabled collectors by name.</summary>
    public static (string Name, IHostCollector Collector)[] Make(HostSourceConfig config, ILogger logger) =>
        [.. config.Collectors.Select(c => (EnumNames.Of(typeof(HostCollector)).Scalar.Format(c), Make(c, config, logger)))];

    private static IHostCollector Make(HostCollector collector, HostSourceConfig source, ILogger logger)
    {
        var config = source.Collector;
        return collector switch
        {
            HostCollector.Arp => new ArpCollector(config.Arp),
            HostCollector.Bcache => new BcacheCollector(config.Bcache),
            HostCollector.Bcachefs => new BcachefsCollector(),
            HostCollector.Bonding => new BondingCollector(),
            HostCollector.Btrfs => new BtrfsCollector(),
            HostCollector.Conntrack => new ConntrackCollector(),
            HostCollector.Cpu => new CpuCollector(config.Cpu, source.Collectors.Contains(HostCollector.Cpufreq)),
            HostCollector.Cpufreq => new CpuFrequencyCollector(),
            HostCollector.Diskstats => new DiskStatsCollector(config.Diskstats),
            HostCollector.Dmi => new DmiCollector(),
            HostCollector.Dmmultipath => new MultipathCollector(),
            HostCollector.Edac => new EdacCollector(),
            HostCollector.Entropy => new EntropyCollector(),
            HostCollector.Fibrechannel => new FibreChannelCollector(),
            HostCollector.Filefd => new FileDescriptorCollector(),
            HostCollector.Filesystem => new FilesystemCollector(config.Filesystem),
            HostCollector.Hwmon => new HwmonCollector(config.Hwmon),
            HostCollector.Infiniband => new InfinibandCollector(config.Infiniband),
            HostCollector.Ipvs => new IpvsCollector(config.Ipvs),
            HostCollector.KernelHung => new KernelHungCollector(),
            HostCollector.Loadavg => new LoadCollector(),
            HostCollector.Mdadm => new MdadmCollector(),
            HostCollector.Meminfo => new MemoryCollector(),
            HostCollector.Netclass => new NetClassCollector(config.Netclass),
            HostCollector.Netdev => new NetDevCollector(config.Netdev),
            HostCollector.Netstat => new NetstatCollector(config.Netstat),
            HostCollector.Nfs => new NfsCollector(),
            HostCollector.Nfsd => new NfsdCollector(),
            HostCollector.Nvme => new NvmeCollector(),
            HostCollector.Os => new OsCollector(),
            HostCollector.Powersupplyclass => new PowerSupplyCollector(config.Powersupply),
            HostCollector.Pressure => new PressureCollector(),
            HostCollector.Rapl => new RaplCollector(config.Rapl),
            HostCollector.Schedstat => new SchedstatCollector(),
            HostCollector.Selinux => new SelinuxCollector(),
            HostCollector.Sockstat => new SockstatCollector(),
            HostCollector.Softnet => new SoftnetCollector(),
            HostCollector.Stat => new StatCollector(config.Stat),
            HostCollector.Tapestats => new TapeStatsCollector(config.Tapestats),
            HostCollector.Textfile => new TextfileCollector(config.Textfile, logger),
            HostCollector.ThermalZone => new ThermalZoneCollector(),
            HostCollector.Time => new TimeCollector(),
            HostCollector.Timex => new TimexCollector(),
            HostCollector.UdpQueues => new UdpQueuesCollector(),
            HostCollector.Uname => new UnameCollector(),
            HostCollector.Vmstat => new VmstatCollector(config.Vmstat),
            HostCollector.Watchdog => new WatchdogCollector(),
            HostCollector.Xfs => new XfsCollector(),
            HostCollector.Zfs => new ZfsCollector(),
        };
    }
}
