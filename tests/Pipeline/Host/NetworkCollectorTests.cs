using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Tests.Host;

/// <summary>Network collectors over made machines.</summary>
public sealed class NetworkCollectorTests
{
    [Fact]
    public Task Neighbours_AreCountedByDevice() => HostTable.AssertAsync(
        HostCollector.Arp,
        """
        proc/net/arp = IP address       HW type     Flags       HW address            Mask     Device\n10.0.0.1 0x1 0x2 02:00:00:00:00:01 * eth0\n10.0.0.2 0x1 0x0 00:00:00:00:00:00 * eth0\n10.9.0.1 0x1 0x2 02:00:00:00:00:02 * wg0\n10.9.0.2 0x1\n10.8.0.1 0x200 0x2                   *        ax0\n
        """,
        """
        success 1
        node_arp_entries{device=ax0} 1
        node_arp_entries{device=eth0} 2
        node_arp_entries{device=wg0} 1
        """);

    [Fact]
    public Task Bonds_WithSlavesUpAndDown_OldAndNewLinks() => HostTable.AssertAsync(
        HostCollector.Bonding,
        """
        sys/class/net/bonding_masters = bond0 bond1 empty\n
        sys/class/net/bond0/bonding/slaves = eth0 eth1\n
        sys/class/net/bond0/lower_eth0/bonding_slave/mii_status = up\n
        sys/class/net/bond0/lower_eth1/bonding_slave/mii_status = down\n
        sys/class/net/bond1/bonding/slaves = eth2\n
        sys/class/net/bond1/slave_eth2/bonding_slave/mii_status = up\n
        sys/class/net/empty/bonding/slaves = \n
        """,
        """
        success 1
        node_bonding_active{master=bond0} 1
        node_bonding_active{master=bond1} 1
        node_bonding_active{master=empty} 0
        node_bonding_slaves{master=bond0} 2
        node_bonding_slaves{master=bond1} 1
        node_bonding_slaves{master=empty} 0
        """);

    [Fact]
    public Task Conntrack_AddsUpProcessors() => HostTable.AssertAsync(
        HostCollector.Conntrack,
        """
        proc/sys/net/netfilter/nf_conntrack_count = 123\n
        proc/sys/net/netfilter/nf_conntrack_max = 65536\n
        proc/net/stat/nf_conntrack = entries clashres found new invalid ignore delete chainlength insert insert_failed drop early_drop icmp_error expect_new expect_create expect_delete search_restart\n0000007b 00000001 00000002 00000003 00000004 00000005 00000006 00000007 00000008 00000009 0000000a 0000000b 0000000c 0000000d 0000000e 0000000f 00000010\n0000007b 00000001 00000020 00000003 00000040 00000050 00000006 00000007 00000080 00000090 000000a0 000000b0 0000000c 0000000d 0000000e 0000000f 00000100\n
        """,
        """
        success 1
        node_nf_conntrack_entries 123
        node_nf_conntrack_entries_limit 65536
        node_nf_conntrack_stat_drop 170
        node_nf_conntrack_stat_early_drop 187
        node_nf_conntrack_stat_found 34
        node_nf_conntrack_stat_ignore 85
        node_nf_conntrack_stat_insert 136
        node_nf_conntrack_stat_insert_failed 153
        node_nf_conntrack_stat_invalid 68
        node_nf_conntrack_stat_search_restart 272
        """);

    [Fact]
    public Task Conntrack_WithoutTheLimit_Fails() => HostTable.AssertAsync(
        HostCollector.Conntrack,
        """
        proc/sys/net/netfilter/nf_conntrack_count = 123\n
        """,
        """
        success 0
        node_nf_conntrack_entries 123
        """);

    [Fact]
    public Task Ports_OnAndOff_CountersThatAreNotCounted() => HostTable.AssertAsync(
        HostCollector.Fibrechannel,
        """
        sys/class/fc_host/host5/speed = 32 Gbit\n
        sys/class/fc_host/host5/port_state = Online\n
        sys/class/fc_host/host5/port_type = NPort (fabric via point-to-point)\n
        sys/class/fc_host/host5/port_id = 0x010203\n
        sys/class/fc_host/host5/port_name = 0x2100000000000001\n
        sys/class/fc_host/host5/fabric_name = 0x0\n
        sys/class/fc_host/host5/dev_loss_tmo = 30\n
        sys/class/fc_host/host5/symbolic_name = adapter 1.2\n
        sys/class/fc_host/host5/supported_classes = Class 3\n
        sys/class/fc_host/host5/supported_speeds = 8 Gbit, 16 Gbit\n
        sys/class/fc_host/host5/statistics/rx_frames = 0x1f\n
        sys/class/fc_host/host5/statistics/tx_words = 0x100000000\n
        sys/class/fc_host/host5/statistics/dumped_frames = 0xffffffffffffffff\n
        sys/class/fc_host/host6/port_state = Unknown\n
        sys/class/fc_host/host6/statistics/rx_frames = 0x5\n
        """,
        """
        success 1
        node_fibrechannel_dumped_frames_total{fc_host=host6} 0
        node_fibrechannel_error_frames_total{fc_host=host6} 0
        node_fibrechannel_fcp_packet_aborts_total{fc_host=host6} 0
        node_fibrechannel_info{dev_loss_tmo=30,fabric_name=0,fc_host=host5,port_id=010203,port_name=2100000000000001,port_state=Online,port_type=NPort (fabric via point-to-point),speed=32 Gbit,supported_classes=Class 3,supported_speeds=8 Gbit, 16 Gbit,symbolic_name=adapter 1.2} 1
        node_fibrechannel_info{fc_host=host6,port_state=Unknown} 1
        node_fibrechannel_invalid_crc_total{fc_host=host6} 0
        node_fibrechannel_invalid_tx_words_total{fc_host=host6} 0
        node_fibrechannel_link_failure_total{fc_host=host6} 0
        node_fibrechannel_loss_of_signal_total{fc_host=host6} 0
        node_fibrechannel_loss_of_sync_total{fc_host=host6} 0
        node_fibrechannel_nos_total{fc_host=host6} 0
        node_fibrechannel_rx_frames_total{fc_host=host5} 31
        node_fibrechannel_rx_frames_total{fc_host=host6} 0
        node_fibrechannel_rx_words_total{fc_host=host6} 0
        node_fibrechannel_seconds_since_last_reset_total{fc_host=host6} 0
        node_fibrechannel_tx_frames_total{fc_host=host6} 0
        node_fibrechannel_tx_words_total{fc_host=host5} 4294967296
        node_fibrechannel_tx_words_total{fc_host=host6} 0
        """);

    [Fact]
    public Task Ports_WithCountersOfAllFolders() => HostTable.AssertAsync(
        HostCollector.Infiniband,
        """
        sys/class/infiniband/mlx9_0/board_id = BOARD7\n
        sys/class/infiniband/mlx9_0/fw_ver = 3.1.4\n
        sys/class/infiniband/mlx9_0/hca_type = HCA9\n
        sys/class/infiniband/mlx9_0/ports/1/state = 4: ACTIVE\n
        sys/class/infiniband/mlx9_0/ports/1/phys_state = 5: LinkUp\n
        sys/class/infiniband/mlx9_0/ports/1/rate = 2.5 Gb/sec (1X SDR)\n
        sys/class/infiniband/mlx9_0/ports/1/counters/port_rcv_data = 1000\n
        sys/class/infiniband/mlx9_0/ports/1/counters/port_xmit_packets = 77\n
        sys/class/infiniband/mlx9_0/ports/1/counters/symbol_error = N/A (no PMA)\n
        sys/class/infiniband/mlx9_0/ports/1/counters/VL15_dropped = 2\n
        sys/class/infiniband/mlx9_0/ports/1/counters_ext/port_xmit_data_64 = 9\n
        sys/class/infiniband/mlx9_0/ports/1/hw_counters/lifespan = 12500\n
        sys/class/infiniband/mlx9_0/ports/1/hw_counters/out_of_buffer = 6\n
        sys/class/infiniband/mlx9_0/ports/2/state = 1: DOWN\n
        sys/class/infiniband/mlx9_0/ports/2/phys_state = 3: Disabled\n
        sys/class/infiniband/mlx9_0/ports/2/rate = 10 Gb/sec (4X SDR)\n
        sys/class/infiniband/plain0/fw_ver = 1\n
        sys/class/infiniband/plain0/ports/1/state = garbage\n
        """,
        """
        success 1
        node_infiniband_info{board_id=BOARD7,device=mlx9_0,firmware_version=3.1.4,hca_type=HCA9} 1
        node_infiniband_info{device=plain0,firmware_version=1} 1
        node_infiniband_legacy_data_transmitted_bytes_total{device=mlx9_0,port=1} 36
        node_infiniband_lifespan_seconds{device=mlx9_0,port=1} 12
        node_infiniband_out_of_buffer_drops_total{device=mlx9_0,port=1} 6
        node_infiniband_physical_state_id{device=mlx9_0,port=1} 5
        node_infiniband_physical_state_id{device=mlx9_0,port=2} 3
        node_infiniband_port_data_received_bytes_total{device=mlx9_0,port=1} 4000
        node_infiniband_port_packets_transmitted_total{device=mlx9_0,port=1} 77
        node_infiniband_rate_bytes_per_second{device=mlx9_0,port=1} 312500000
        node_infiniband_rate_bytes_per_second{device=mlx9_0,port=2} 1250000000
        node_infiniband_state_id{device=mlx9_0,port=1} 4
        node_infiniband_state_id{device=mlx9_0,port=2} 1
        node_infiniband_vl15_dropped_total{device=mlx9_0,port=1} 2
        """);

    [Fact]
    public Task Backends_OfAddressesAndMarks() => HostTable.AssertAsync(
        HostCollector.Ipvs,
        """
        proc/net/ip_vs_stats =    Total Incoming Outgoing         Incoming         Outgoing\n   Conns  Packets  Packets            Bytes            Bytes\n 1A 2B 0 100000000 F\n\n Conns/s Pkts/s Pkts/s Bytes/s Bytes/s\n 1 2 3 4 5\n
        proc/net/ip_vs = IP Virtual Server version 1.2.1 (size=4096)\nProt LocalAddress:Port Scheduler Flags\n  -> RemoteAddress:Port Forward Weight ActiveConn InActConn\nTCP  0A000001:01BB wlc\n  -> 0A000102:1F90      Masq    10     3          4\n  -> 0A000103:1F90      Masq    20     5          6\nUDP  [FD00:0000:0000:0000:0000:0000:0000:0001]:0035 rr\n  -> [FD00:0000:0000:0000:0000:0000:0000:00AA]:0035 Route 1 0 7\nFWM  00000007 wlc\n  -> 0A000104:0050 Tunnel 1 8 9\n  -> 0A000105:0050 Tunnel\nSCTP 0A000001:01BB rr\n  -> 0A000102:1F90 Masq 2 30 40\n
        """,
        """
        success 1
        node_ipvs_backend_connections_active{local_address=10.0.0.1,local_port=443,proto=SCTP,remote_address=10.0.1.2,remote_port=8080} 30
        node_ipvs_backend_connections_active{local_address=10.0.0.1,local_port=443,proto=TCP,remote_address=10.0.1.2,remote_port=8080} 3
        node_ipvs_backend_connections_active{local_address=10.0.0.1,local_port=443,proto=TCP,remote_address=10.0.1.3,remote_port=8080} 5
        node_ipvs_backend_connections_active{local_address=fd00::1,local_port=53,proto=UDP,remote_address=fd00::aa,remote_port=53} 0
        node_ipvs_backend_connections_active{local_mark=00000007,local_port=0,proto=FWM,remote_address=10.0.1.4,remote_port=80} 8
        node_ipvs_backend_connections_inactive{local_address=10.0.0.1,local_port=443,proto=SCTP,remote_address=10.0.1.2,remote_port=8080} 40
        node_ipvs_backend_connections_inactive{local_address=10.0.0.1,local_port=443,proto=TCP,remote_address=10.0.1.2,remote_port=8080} 4
        node_ipvs_backend_connections_inactive{local_address=10.0.0.1,local_port=443,proto=TCP,remote_address=10.0.1.3,remote_port=8080} 6
        node_ipvs_backend_connections_inactive{local_address=fd00::1,local_port=53,proto=UDP,remote_address=fd00::aa,remote_port=53} 7
        node_ipvs_backend_connections_inactive{local_mark=00000007,local_port=0,proto=FWM,remote_address=10.0.1.4,remote_port=80} 9
        node_ipvs_backend_weight{local_address=10.0.0.1,local_port=443,proto=SCTP,remote_address=10.0.1.2,remote_port=8080} 2
        node_ipvs_backend_weight{local_address=10.0.0.1,local_port=443,proto=TCP,remote_address=10.0.1.2,remote_port=8080} 10
        node_ipvs_backend_weight{local_address=10.0.0.1,local_port=443,proto=TCP,remote_address=10.0.1.3,remote_port=8080} 20
        node_ipvs_backend_weight{local_address=fd00::1,local_port=53,proto=UDP,remote_address=fd00::aa,remote_port=53} 1
        node_ipvs_backend_weight{local_mark=00000007,local_port=0,proto=FWM,remote_address=10.0.1.4,remote_port=80} 1
        node_ipvs_connections_total 26
        node_ipvs_incoming_bytes_total 4294967296
        node_ipvs_incoming_packets_total 43
        node_ipvs_outgoing_bytes_total 15
        node_ipvs_outgoing_packets_total 0
        """);

    [Fact]
    public Task Devices_WithAndWithoutCable_AndTheBondingFile() => HostTable.AssertAsync(
        HostCollector.Netclass,
        """
        sys/class/net/bonding_masters = bond0\n
        sys/class/net/eth0/operstate = up\n
        sys/class/net/eth0/address = 02:00:00:00:00:01\n
        sys/class/net/eth0/broadcast = ff:ff:ff:ff:ff:ff\n
        sys/class/net/eth0/duplex = full\n
        sys/class/net/eth0/ifalias = uplink to \"rack 7\"\n
        sys/class/net/eth0/flags = 0x1003\n
        sys/class/net/eth0/speed = 2500\n
        sys/class/net/eth0/addr_assign_type = 3\n
        sys/class/net/eth0/carrier = 1\n
        sys/class/net/eth0/carrier_changes = 6\n
        sys/class/net/eth0/carrier_up_count = 3\n
        sys/class/net/eth0/carrier_down_count = 3\n
        sys/class/net/eth0/dev_id = 0x20\n
        sys/class/net/eth0/dormant = 0\n
        sys/class/net/eth0/ifindex = 2\n
        sys/class/net/eth0/iflink = 12\n
        sys/class/net/eth0/link_mode = 1\n
        sys/class/net/eth0/mtu = 9000\n
        sys/class/net/eth0/name_assign_type = 2\n
        sys/class/net/eth0/netdev_group = 5\n
        sys/class/net/eth0/tx_queue_len = 1000\n
        sys/class/net/eth0/type = 1\n
        sys/class/net/down0/operstate = down\n
        sys/class/net/down0/flags = 0x1002\n
        sys/class/net/down0/speed = -1\n
        sys/class/net/odd0/mtu = not a number\n
        """,
        """
        success 1
        node_network_address_assign_type{device=eth0} 3
        node_network_carrier_changes_total{device=eth0} 6
        node_network_carrier_down_changes_total{device=eth0} 3
        node_network_carrier_up_changes_total{device=eth0} 3
        node_network_carrier{device=eth0} 1
        node_network_device_id{device=eth0} 32
        node_network_dormant{device=eth0} 0
        node_network_flags{device=down0} 4098
        node_network_flags{device=eth0} 4099
        node_network_iface_id{device=eth0} 2
        node_network_iface_link_mode{device=eth0} 1
        node_network_iface_link{device=eth0} 12
        node_network_info{address=02:00:00:00:00:01,adminstate=up,broadcast=ff:ff:ff:ff:ff:ff,device=eth0,duplex=full,ifalias=uplink to "rack 7",operstate=up} 1
        node_network_info{adminstate=down,device=down0,operstate=down} 1
        node_network_info{adminstate=unknown,device=odd0} 1
        node_network_mtu_bytes{device=eth0} 9000
        node_network_name_assign_type{device=eth0} 2
        node_network_net_dev_group{device=eth0} 5
        node_network_protocol_type{device=eth0} 1
        node_network_speed_bytes{device=down0} -125000
        node_network_speed_bytes{device=eth0} 312500000
        node_network_transmit_queue_length{device=eth0} 1000
        node_network_up{device=down0} 0
        node_network_up{device=eth0} 1
        node_network_up{device=odd0} 0
        """);

    [Fact]
    public Task Devices_WithTheCounterThatProcLacks() => HostTable.AssertAsync(
        HostCollector.Netdev,
        """
        proc/net/dev = Inter-| Receive | Transmit\n face |bytes packets\n  eth0:1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\nbr-0: 100 2\n
        sys/class/net/eth0/statistics/rx_nohandler = 21\n
        """,
        """
        success 1
        node_network_receive_bytes_total{device=br-0} 100
        node_network_receive_bytes_total{device=eth0} 1
        node_network_receive_compressed_total{device=eth0} 7
        node_network_receive_drop_total{device=eth0} 4
        node_network_receive_errs_total{device=eth0} 3
        node_network_receive_fifo_total{device=eth0} 5
        node_network_receive_frame_total{device=eth0} 6
        node_network_receive_multicast_total{device=eth0} 8
        node_network_receive_nohandler_total{device=eth0} 21
        node_network_receive_packets_total{device=br-0} 2
        node_network_receive_packets_total{device=eth0} 2
        node_network_transmit_bytes_total{device=eth0} 9
        node_network_transmit_carrier_total{device=eth0} 15
        node_network_transmit_colls_total{device=eth0} 14
        node_network_transmit_compressed_total{device=eth0} 16
        node_network_transmit_drop_total{device=eth0} 12
        node_network_transmit_errs_total{device=eth0} 11
        node_network_transmit_fifo_total{device=eth0} 13
        node_network_transmit_packets_total{device=eth0} 10
        """);

    [Fact]
    public Task Fields_OfThreeFiles_ThoseThatAreChosen() => HostTable.AssertAsync(
        HostCollector.Netstat,
        """
        proc/net/netstat = TcpExt: SyncookiesSent TW ListenDrops TCPTimeouts\nTcpExt: 1 2 3 4\nIpExt: InNoRoutes InOctets OutOctets\nIpExt: 5 6 7\n
        proc/net/snmp = Ip: Forwarding DefaultTTL\nIp: 2 64\nTcp: MaxConn ActiveOpens CurrEstab\nTcp: -1 8 9\nUdpLite: InDatagrams InErrors\nUdpLite: 10 11\n
        proc/net/snmp6 = Ip6InReceives 12\nIp6InOctets 13\nUdp6NoPorts 14\nNothing 15\nIcmp6InErrors x\n
        """,
        """
        success 1
        node_netstat_Ip6_InOctets 13
        node_netstat_IpExt_InOctets 6
        node_netstat_IpExt_OutOctets 7
        node_netstat_Ip_Forwarding 2
        node_netstat_TcpExt_ListenDrops 3
        node_netstat_TcpExt_SyncookiesSent 1
        node_netstat_TcpExt_TCPTimeouts 4
        node_netstat_Tcp_ActiveOpens 8
        node_netstat_Tcp_CurrEstab 9
        node_netstat_Udp6_NoPorts 14
        node_netstat_UdpLite_InErrors 11
        """);

    [Fact]
    public Task Netstat_WithoutSnmp_Fails() => HostTable.AssertAsync(
        HostCollector.Netstat,
        """
        proc/net/netstat = TcpExt: ListenDrops\nTcpExt: 3\n
        """,
        """
        success 0
        node_netstat_TcpExt_ListenDrops 3
        """);

    [Fact]
    public Task Sockets_OfBothVersions_MemoryInPagesAndBytes() => HostTable.AssertAsync(
        HostCollector.Sockstat,
        """
        proc/net/sockstat = sockets: used 290\nTCP: inuse 4 orphan 1 tw 2 alloc 17 mem 3\nUDP: inuse 2 mem 0\nFRAG: inuse 0 memory 8\nODD: inuse x\n
        proc/net/sockstat6 = TCP6: inuse 5\nsockets: used 7\n
        """,
        """
        success 1
        node_sockstat_FRAG_inuse 0
        node_sockstat_FRAG_memory 8
        node_sockstat_TCP6_inuse 5
        node_sockstat_TCP_alloc 17
        node_sockstat_TCP_inuse 4
        node_sockstat_TCP_mem 3
        node_sockstat_TCP_mem_bytes 12288
        node_sockstat_TCP_orphan 1
        node_sockstat_TCP_tw 2
        node_sockstat_UDP_inuse 2
        node_sockstat_UDP_mem 0
        node_sockstat_UDP_mem_bytes 0
        node_sockstat_sockets_used 290
        """);

    [Fact]
    public Task Processors_WithNumbersAndWithout() => HostTable.AssertAsync(
        HostCollector.Softnet,
        """
        proc/net/softnet_stat = 0000000a 00000001 00000002 00000000 00000000 00000000 00000000 00000000 00000003 00000004 00000005 00000006 00000010 00000000 00000000\n0000000b 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000\n
        """,
        """
        success 1
        node_softnet_backlog_len{cpu=16} 6
        node_softnet_backlog_len{cpu=1} 0
        node_softnet_cpu_collision_total{cpu=16} 3
        node_softnet_cpu_collision_total{cpu=1} 0
        node_softnet_dropped_total{cpu=16} 1
        node_softnet_dropped_total{cpu=1} 0
        node_softnet_flow_limit_count_total{cpu=16} 5
        node_softnet_flow_limit_count_total{cpu=1} 0
        node_softnet_processed_total{cpu=16} 10
        node_softnet_processed_total{cpu=1} 11
        node_softnet_received_rps_total{cpu=16} 4
        node_softnet_received_rps_total{cpu=1} 0
        node_softnet_times_squeezed_total{cpu=16} 2
        node_softnet_times_squeezed_total{cpu=1} 0
        """);

    [Fact]
    public Task Softnet_OfAnUnknownFormat_Fails() => HostTable.AssertAsync(
        HostCollector.Softnet,
        """
        proc/net/softnet_stat = 0000000a 00000001\n
        """,
        """
        success 0
        """);

    [Fact]
    public Task Queues_AreAddedUp() => HostTable.AssertAsync(
        HostCollector.UdpQueues,
        """
        proc/net/udp =   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops\n  1: 00000000:0044 00000000:0000 07 00000010:00000001 00:00000000 00000000 0 0 1 2 0 0\n  2: 00000000:0045 00000000:0000 07 00000020:0000000F 00:00000000 00000000 0 0 1 2 0 0\nshort\n
        proc/net/udp6 =   sl  local_address\n
        """,
        """
        success 1
        node_udp_queues{ip=v4,queue=rx} 16
        node_udp_queues{ip=v4,queue=tx} 48
        node_udp_queues{ip=v6,queue=rx} 0
        node_udp_queues{ip=v6,queue=tx} 0
        """);
}
