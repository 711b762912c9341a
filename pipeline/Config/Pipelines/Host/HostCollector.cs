namespace Streamline.Pipeline.Config;

/// <summary>The host source's collectors, named as node_exporter's; those that node_exporter runs by default on Linux.</summary>
internal enum HostCollector
{
    [Key("arp")]
    Arp,

    [Key("bcache")]
    Bcache,

    [Key("bcachefs")]
    Bcachefs,

    [Key("bonding")]
    Bonding,

    [Key("btrfs")]
    Btrfs,

    [Key("conntrack")]
    Conntrack,

    [Key("cpu")]
    Cpu,

    [Key("cpufreq")]
    Cpufreq,

    [Key("diskstats")]
    Diskstats,

    [Key("dmi")]
    Dmi,

    [Key("dmmultipath")]
    Dmmultipath,

    [Key("edac")]
    Edac,

    [Key("entropy")]
    Entropy,

    [Key("fibrechannel")]
    Fibrechannel,

    [Key("filefd")]
    Filefd,

    [Key("filesystem")]
    Filesystem,

    [Key("hwmon")]
    Hwmon,

    [Key("infiniband")]
    Infiniband,

    [Key("ipvs")]
    Ipvs,

    [Key("kernel_hung")]
    KernelHung,

    [Key("loadavg")]
    Loadavg,

    [Key("mdadm")]
    Mdadm,

    [Key("meminfo")]
    Meminfo,

    [Key("netclass")]
    Netclass,

    [Key("netdev")]
    Netdev,

    [Key("netstat")]
    Netstat,

    [Key("nfs")]
    Nfs,

    [Key("nfsd")]
    Nfsd,

    [Key("nvme")]
    Nvme,

    [Key("os")]
    Os,

    [Key("powersupplyclass")]
    Powersupplyclass,

    [Key("pressure")]
    Pressure,

    [Key("rapl")]
    Rapl,

    [Key("schedstat")]
    Schedstat,

    [Key("selinux")]
    Selinux,

    [Key("sockstat")]
    Sockstat,

    [Key("softnet")]
    Softnet,

    [Key("stat")]
    Stat,

    [Key("tapestats")]
    Tapestats,

    [Key("textfile")]
    Textfile,

    [Key("thermal_zone")]
    ThermalZone,

    [Key("time")]
    Time,

    [Key("timex")]
    Timex,

    [Key("udp_queues")]
    UdpQueues,

    [Key("uname")]
    Uname,

    [Key("vmstat")]
    Vmstat,

    [Key("watchdog")]
    Watchdog,

    [Key("xfs")]
    Xfs,

    [Key("zfs")]
    Zfs,
}
