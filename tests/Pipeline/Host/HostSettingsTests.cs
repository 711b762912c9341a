using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Tests.Host;

/// <summary>Settings that change what a collector gives.</summary>
public sealed class HostSettingsTests
{
    [Fact]
    public Task Arp_TakesDevices() => HostTable.AssertAsync(
        HostCollector.Arp,
        """
        proc/net/arp = head\n10.0.0.1 0x1 0x2 02:00:00:00:00:01 * eth0\n10.0.0.2 0x1 0x2 02:00:00:00:00:01 * veth7\n
        """,
        """
        success 1
        node_arp_entries{device=eth0} 1
        """,
        new HostCollectorConfig { Arp = new() { DeviceExclude = "veth" } });

    [Fact]
    public Task Ipvs_AddsUpWhatItsLabelsDoNotTellApart() => HostTable.AssertAsync(
        HostCollector.Ipvs,
        """
        proc/net/ip_vs_stats = a\nb\n 1 2 3 4 5\n
        proc/net/ip_vs = TCP  0A000001:01BB wlc\n  -> 0A000102:1F90 Masq 10 3 4\n  -> 0A000103:1F90 Masq 20 5 6\nTCP  0A000002:0050 wlc\n  -> 0A000102:1F90 Masq 1 1 1\n
        """,
        """
        success 1
        node_ipvs_backend_connections_active{local_port=443} 8
        node_ipvs_backend_connections_active{local_port=80} 1
        node_ipvs_backend_connections_inactive{local_port=443} 10
        node_ipvs_backend_connections_inactive{local_port=80} 1
        node_ipvs_backend_weight{local_port=443} 30
        node_ipvs_backend_weight{local_port=80} 1
        node_ipvs_connections_total 1
        node_ipvs_incoming_bytes_total 4
        node_ipvs_incoming_packets_total 2
        node_ipvs_outgoing_bytes_total 5
        node_ipvs_outgoing_packets_total 3
        """,
        new HostCollectorConfig { Ipvs = new() { BackendLabels = [IpvsLabel.LocalPort] } });

    [Fact]
    public Task NetDev_Detailed_WithAlias_IsReadFromSys() => HostTable.AssertAsync(
        HostCollector.Netdev,
        """
        sys/class/net/eth0/ifalias = uplink\n
        sys/class/net/eth0/statistics/rx_bytes = 1\n
        sys/class/net/eth0/statistics/rx_errors = 2\n
        sys/class/net/eth0/statistics/multicast = 3\n
        sys/class/net/eth0/statistics/tx_carrier_errors = 4\n
        sys/class/net/lo/statistics/rx_bytes = 9\n
        """,
        """
        success 1
        node_network_multicast_total{device=eth0,ifalias=uplink} 3
        node_network_receive_bytes_total{device=eth0,ifalias=uplink} 1
        node_network_receive_errors_total{device=eth0,ifalias=uplink} 2
        node_network_transmit_carrier_errors_total{device=eth0,ifalias=uplink} 4
        """,
        new HostCollectorConfig { Netdev = new() { EnableDetailedMetrics = true, LabelIfalias = true, DeviceInclude = "^e" } });

    [Fact]
    public Task NetClass_LeavesOutDevicesAndSpeedsThatAreNone() => HostTable.AssertAsync(
        HostCollector.Netclass,
        """
        sys/class/net/eth0/speed = -1\n
        sys/class/net/veth1/speed = 10\n
        """,
        """
        success 1
        node_network_info{adminstate=unknown,device=eth0} 1
        node_network_up{device=eth0} 0
        """,
        new HostCollectorConfig { Netclass = new() { IgnoredDevices = "^veth", IgnoreInvalidSpeed = true } });

    [Fact]
    public Task Bcache_ShowsPriorities() => HostTable.AssertAsync(
        HostCollector.Bcache,
        """
        sys/fs/bcache/a-b/cache0/priority_stats = Unused:\t\t99%\nMetadata:\t3%\nAverage:\t10473\n
        """,
        """
        success 1
        node_bcache_active_journal_entries{uuid=a-b} 0
        node_bcache_average_key_size_sectors{uuid=a-b} 0
        node_bcache_btree_cache_size_bytes{uuid=a-b} 0
        node_bcache_btree_nodes{uuid=a-b} 0
        node_bcache_btree_read_average_duration_seconds{uuid=a-b} 0
        node_bcache_cache_available_percent{uuid=a-b} 0
        node_bcache_cache_read_races_total{uuid=a-b} 0
        node_bcache_congested{uuid=a-b} 0
        node_bcache_io_errors{cache_device=cache0,uuid=a-b} 0
        node_bcache_metadata_written_bytes_total{cache_device=cache0,uuid=a-b} 0
        node_bcache_priority_stats_metadata_percent{cache_device=cache0,uuid=a-b} 3
        node_bcache_priority_stats_unused_percent{cache_device=cache0,uuid=a-b} 99
        node_bcache_root_usage_percent{uuid=a-b} 0
        node_bcache_tree_depth{uuid=a-b} 0
        node_bcache_written_bytes_total{cache_device=cache0,uuid=a-b} 0
        """,
        new HostCollectorConfig { Bcache = new() { PriorityStats = true } });

    [Fact]
    public Task Hwmon_TakesSensorsOfChips() => HostTable.AssertAsync(
        HostCollector.Hwmon,
        """
        sys/class/hwmon/hwmon0/name = one\n
        sys/class/hwmon/hwmon0/temp1_input = 1000\n
        sys/class/hwmon/hwmon0/temp2_input = 2000\n
        sys/class/hwmon/hwmon1/name = two\n
        sys/class/hwmon/hwmon1/temp1_input = 3000\n
        """,
        """
        success 1
        node_hwmon_chip_names{chip=one,chip_name=one} 1
        node_hwmon_temp_celsius{chip=one,sensor=temp2} 2
        """,
        new HostCollectorConfig { Hwmon = new() { ChipInclude = "^one$", SensorExclude = "one;temp1" } });

    [Fact]
    public Task Rapl_WithALabelForTheZone() => HostTable.AssertAsync(
        HostCollector.Rapl,
        """
        sys/class/powercap/intel-rapl:0/name = package-0\n
        sys/class/powercap/intel-rapl:0/max_energy_range_uj = 1\n
        sys/class/powercap/intel-rapl:0/energy_uj = 1500000\n
        """,
        """
        success 1
        node_rapl_joules_total{index=0,path=SYS/class/powercap/intel-rapl:0,rapl_zone=package} 1.5
        """,
        new HostCollectorConfig { Rapl = new() { EnableZoneLabel = true } });

    [Fact]
    public Task Stat_WithSoftInterrupts() => HostTable.AssertAsync(
        HostCollector.Stat,
        """
        proc/stat = cpu 1\nctxt 5\nsoftirq 99 1 2 3 4 5 6 7 8 9 10\n
        """,
        """
        success 1
        node_context_switches_total 5
        node_softirqs_total{vector=block_iopoll} 6
        node_softirqs_total{vector=block} 5
        node_softirqs_total{vector=hi} 1
        node_softirqs_total{vector=hrtimer} 9
        node_softirqs_total{vector=net_rx} 4
        node_softirqs_total{vector=net_tx} 3
        node_softirqs_total{vector=rcu} 10
        node_softirqs_total{vector=sched} 8
        node_softirqs_total{vector=tasklet} 7
        node_softirqs_total{vector=timer} 2
        """,
        new HostCollectorConfig { Stat = new() { Softirq = true } });

    [Fact]
    public Task Fields_AndSupplies_AreTheUsers() => HostTable.AssertAsync(
        HostCollector.Vmstat,
        """
        proc/vmstat = nr_free_pages 5\npgpgin 10\n
        """,
        """
        success 1
        node_vmstat_nr_free_pages 5
        """,
        new HostCollectorConfig { Vmstat = new() { Fields = "free" } });
}
