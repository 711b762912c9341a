using Streamline.Pipeline.Config;
using Streamline.Pipeline.Tests.Ingest;
using Streamline.Storage;

namespace Streamline.Pipeline.Tests.Host;

/// <summary>A made machine, with hardware that no test machine has, read by node_exporter and by us: nothing moves there, so every value is equal.</summary>
public sealed class NodeExporterMachineTests
{
    private const string Machine =
        """
        proc/stat = cpu  9 9 9 9 9 9 9 9 9 9\ncpu0 1001 2002 3003 4004 5005 6006 7007 8008 9009 1010\ncpu1 11 22 33 44 55 66 77 88 99 10\nintr 777 1 2 3\nctxt 888\nbtime 1700000000\nprocesses 999\nprocs_running 3\nprocs_blocked 2\nsoftirq 55 1 2 3 4 5 6 7 8 9 10\n
        proc/loadavg = 0.53 12.25 3 1/234 5678\n
        proc/meminfo = MemTotal:       16384 kB\nMemFree:        4096 kB\nMemAvailable:   8192 kB\nActive(anon):    5 kB\nInactive(file):  6 kB\nHugePages_Total:       7\nHugePages_Surp:        0\nHugepagesize:       2048 kB\nDirectMap4k:     100 kB\n
        proc/vmstat = nr_free_pages 5\npgpgin 10\npgpgout 11\npswpin 12\npgfault 13\npgmajfault 14\noom_kill 15\n
        proc/diskstats = 7 0 loop0 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1\n 254 0 vda 101 2 303 4 505 6 707 8 9 10 11 12 13 14 15 16 17\n 8 1 sda1 1 2 3 4 5 6 7 8 9 10 11\n 8 0 sda 1 2 3 4 5 6 7 8 9 10 11\n 259 0 nvme0n1 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15\n
        udev/b8:0 = S:disk/by-id/x\nE:ID_MODEL=Made_Disk\nE:ID_SERIAL_SHORT=S1\nE:ID_SERIAL=Made_Disk_S1\nE:ID_WWN=0x5\nE:ID_PATH=pci-1\nE:ID_REVISION=R2\nE:ID_ATA=1\nE:ID_ATA_WRITE_CACHE=1\nE:ID_ATA_WRITE_CACHE_ENABLED=0\nE:ID_ATA_ROTATION_RATE_RPM=7200\n
        udev/b254:0 = E:ID_SERIAL_SHORT=virtual\nE:ID_FS_TYPE=ext4\nE:ID_FS_USAGE=filesystem\nE:ID_FS_UUID=11-22\nE:ID_FS_VERSION=1.0\nE:DM_NAME=vg-root\nE:DM_UUID=LVM-1\nE:DM_VG_NAME=vg\nE:DM_LV_NAME=root\n
        proc/mdstat = Personalities : [raid1] [raid6] [raid5] [raid0]\nmd0 : active raid1 sdb1[1] sda1[0]\n      1000 blocks super 1.2 [2/2] [UU]\n      bitmap: 0/1 pages [0KB], 65536KB chunk\n\nmd1 : active raid5 sdd1[3](S) sdc1[2](F) sdb2[1] sda2[0]\n      2000 blocks level 5, 64k chunk, algorithm 2 [3/2] [UU_]\n      [=>...................]  recovery = 8.5% (170/2000) finish=1.2min speed=12K/sec\n\nmd4 : active raid0 sdk1[1] sdj1[0]\n      5000 blocks 64k chunks\n      \n\nunused devices: <none>\n
        proc/net/arp = IP address       HW type     Flags       HW address            Mask     Device\n10.0.0.1 0x1 0x2 02:00:00:00:00:01 * eth0\n10.0.0.2 0x1 0x0 00:00:00:00:00:00 * eth0\n
        proc/net/dev = Inter-|   Receive                                                |  Transmit\n face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n  eth0: 101 202 3 4 5 6 7 8 909 1010 11 12 13 14 15 16\n
        proc/net/netstat = TcpExt: SyncookiesSent ListenOverflows ListenDrops TCPSynRetrans\nTcpExt: 1 2 3 4\nIpExt: InNoRoutes InOctets OutOctets\nIpExt: 5 6 7\n
        proc/net/snmp = Ip: Forwarding DefaultTTL\nIp: 1 64\nTcp: ActiveOpens PassiveOpens CurrEstab InSegs OutSegs RetransSegs InErrs OutRsts\nTcp: 1 2 3 4 5 6 7 8\nUdp: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors\nUdp: 1 2 3 4 5 6\n
        proc/net/snmp6 = Ip6InOctets \t 11\nIp6OutOctets \t 12\nIcmp6InMsgs \t 13\nUdp6InErrors \t 14\n
        proc/net/sockstat = sockets: used 33\nTCP: inuse 4 orphan 1 tw 2 alloc 17 mem 3\nUDP: inuse 5 mem 6\nUDPLITE: inuse 0\nRAW: inuse 1\nFRAG: inuse 2 memory 384\n
        proc/net/sockstat6 = TCP6: inuse 7\nFRAG6: inuse 1 memory 9\n
        proc/net/softnet_stat = 0000a1b2 00000003 00000004 00000000 00000000 00000000 00000000 00000000 00000005 00000006 00000007 00000000 00000000\n0000000f 00000001 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000001\n
        proc/schedstat = version 15\ntimestamp 1\ncpu0 0 0 0 0 0 0 2000000000 3500000000 44\ndomain0 3 1 2 3\ncpu1 0 0 0 0 0 0 5 6 7\n
        proc/net/udp = sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops\n   0: 00000000:0016 00000000:0000 07 0000001A:000000FF 00:00000000 00000000     0        0 2740 1 ffff 0\n   1: 0100007F:0017 00000000:0000 07 00000001:00000002 00:00000000 00000000     0        0 2741 1 ffff 0\n
        proc/pressure/cpu = some avg10=0.00 avg60=0.00 avg300=0.00 total=14036781\n
        proc/pressure/io = some avg10=0.18 avg60=0.34 avg300=0.10 total=159886802\nfull avg10=0.18 avg60=0.34 avg300=0.10 total=159229614\n
        proc/pressure/memory = some avg10=0.00 avg60=0.00 avg300=0.00 total=5\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=4\n
        proc/sys/fs/file-nr = 540\t0\t2466183\n
        proc/sys/kernel/random/entropy_avail = 256\n
        proc/sys/kernel/random/poolsize = 256\n
        proc/sys/net/netfilter/nf_conntrack_count = 123\n
        proc/sys/net/netfilter/nf_conntrack_max = 65536\n
        proc/net/stat/nf_conntrack = entries  searched found new invalid ignore delete delete_list insert insert_failed drop early_drop icmp_error  expect_new expect_create expect_delete search_restart\n0000007b 00000001 00000002 00000003 00000004 00000005 00000006 00000007 00000008 00000009 0000000a 0000000b 0000000c 0000000d 0000000e 0000000f 00000010\n
        proc/net/ip_vs_stats =    Total Incoming Outgoing         Incoming         Outgoing\n   Conns  Packets  Packets            Bytes            Bytes\n 1A 2B 0 100000000 F\n\n Conns/s Pkts/s Pkts/s Bytes/s Bytes/s\n 1 2 3 4 5\n
        proc/net/ip_vs = IP Virtual Server version 1.2.1 (size=4096)\nProt LocalAddress:Port Scheduler Flags\n  -> RemoteAddress:Port Forward Weight ActiveConn InActConn\nTCP  0A000001:01BB wlc\n  -> 0A000102:1F90      Masq    10     3          4\nUDP  [FD00:0000:0000:0000:0000:0000:0000:0001]:0035 rr\n  -> [FD00:0000:0000:0000:0000:0000:0000:00AA]:0035 Route 1 0 7\nFWM  00000007 wlc\n  -> 0A000104:0050 Tunnel 1 8 9\n
        proc/net/rpc/nfs = net 70 70 69 45\nrpc 1218785755 374636 1218815394\nproc3 22 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22\nproc4 59 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39 40 41 42 43 44 45 45 47 48 49 50 51 52 53 54 55 56 57 58 59\n
        proc/net/rpc/nfsd = rc 1 2 3\nfh 4 0 0 0 0\nio 5 6\nth 8 0 0.000 0.000 0.000 0.000 0.000 0.000 0.000 0.000 0.000 0.000\nra 32 0 0 0 0 0 0 0 0 0 0 7\nnet 18628 8 18628 6\nrpc 9 1 2 3 4\nproc3 22 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22\nproc4 2 2 10853\nproc4ops 40 0 0 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 0 0 0 0 0\n
        proc/spl/kstat/zfs/arcstats = 6 1 0x01 91 4368 5266997922 97951858082072\nname                            type data\nhits                            4    8772612\nmisses                          4    604635\nmemory_available_bytes          1    5\nnot-a-name                      4    5\n
        proc/spl/kstat/zfs/tank/io = 12 3 0x00 1 80 79205351707403 395818011156865\nnread    nwritten reads    writes   wtime    wlentime wupdate  rtime    rlentime rupdate  wcnt     rcnt    \n1884160  3206144  22       132      7155162  104112268 79210489694949 24168078 104112269 79210489849220 0        0       \n
        proc/spl/kstat/zfs/tank/state = DEGRADED\n
        proc/spl/kstat/zfs/tank/objset-1 = 23 1 0x01 7 2160 221578688875 6665999035587\nname                            type data\ndataset_name                    7    tank/a\nwrites                          4    1\nnwritten                        4    2\n
        root/etc/os-release = NAME="Made Linux"\nID=made\nID_LIKE="debian other"\nVERSION_ID="20.04.5"\nVERSION="20 (x)"\nPRETTY_NAME='Made $5'\n
        sys/block/vda/queue/rotational = 1\n
        sys/class/dmi/id/bios_date = 04/12/2021\n
        sys/class/dmi/id/sys_vendor = Maker Ltd.\n
        sys/class/dmi/id/product_serial = X1\n
        sys/class/dmi/id/chassis_type = 3\n
        sys/devices/platform/coretemp.0/temp9_input = 1\n
        sys/class/hwmon/hwmon0/device -> ../../../devices/platform/coretemp.0
        sys/class/hwmon/hwmon0/name = coretemp\n
        sys/class/hwmon/hwmon0/temp1_input = 55500\n
        sys/class/hwmon/hwmon0/temp1_label = Core 0\n
        sys/class/hwmon/hwmon0/temp1_crit = 100000\n
        sys/class/hwmon/hwmon0/temp1_crit_alarm = 0\n
        sys/class/hwmon/hwmon0/temp1_alarm = 1\n
        sys/class/hwmon/hwmon0/temp1_fault = 0\n
        sys/class/hwmon/hwmon0/temp1_type = 4\n
        sys/class/hwmon/hwmon0/temp1_offset = -2500\n
        sys/class/hwmon/hwmon1/name = nct9999-isa\n
        sys/class/hwmon/hwmon1/in0_input = 1224\n
        sys/class/hwmon/hwmon1/in0_min = 1000\n
        sys/class/hwmon/hwmon1/in0_beep = 1\n
        sys/class/hwmon/hwmon1/cpu0_vid = 1100\n
        sys/class/hwmon/hwmon1/fan2_input = 1500\n
        sys/class/hwmon/hwmon1/fan2_min = 300\n
        sys/class/hwmon/hwmon1/fan2_div = 4\n
        sys/class/hwmon/hwmon1/fan2_pulses = 2\n
        sys/class/hwmon/hwmon1/pwm1 = 127\n
        sys/class/hwmon/hwmon1/pwm1_enable = 5\n
        sys/class/hwmon/hwmon1/pwm1_auto_point1_temp = 30000\n
        sys/class/hwmon/hwmon1/curr1_input = 1250\n
        sys/class/hwmon/hwmon1/curr1_max = 2500\n
        sys/class/hwmon/hwmon1/power1_average = 7500000\n
        sys/class/hwmon/hwmon1/power1_average_interval = 300\n
        sys/class/hwmon/hwmon1/power1_accuracy = 50000\n
        sys/class/hwmon/hwmon1/power1_cap_hyst = 1000000\n
        sys/class/hwmon/hwmon1/energy1_input = 3000001\n
        sys/class/hwmon/hwmon1/humidity1_input = 450000\n
        sys/class/hwmon/hwmon1/freq1_input = 1600000000\n

        sys/class/hwmon/hwmon1/freq2_input = 5\n
        sys/class/hwmon/hwmon1/intrusion0_alarm = 1\n
        sys/class/hwmon/hwmon1/beep_enable = 1\n
        sys/class/hwmon/hwmon1/update_interval = 1500\n
        sys/class/hwmon/hwmon1/vrm = 91\n
        sys/class/hwmon/hwmon1/temp2_input = broken\n
        sys/class/hwmon/hwmon2/fan1 = 3\n
        sys/class/hwmon/hwmon2/fan1_input = 900\n
        sys/class/thermal/thermal_zone0/type = x86_pkg_temp\n
        sys/class/thermal/thermal_zone0/policy = step_wise\n
        sys/class/thermal/thermal_zone0/temp = 47500\n
        sys/class/thermal/cooling_device0/type = Processor\n
        sys/class/thermal/cooling_device0/cur_state = 2\n
        sys/class/thermal/cooling_device0/max_state = 7\n
        sys/class/thermal/cooling_device1/type = intel_powerclamp\n
        sys/class/thermal/cooling_device1/cur_state = -1\n
        sys/class/thermal/cooling_device1/max_state = 50\n
        sys/class/power_supply/AC/online = 1\n
        sys/class/power_supply/AC/type = Mains\n
        sys/class/power_supply/BAT0/capacity = 81\n
        sys/class/power_supply/BAT0/cycle_count = 7\n
        sys/class/power_supply/BAT0/energy_now = 36580000\n
        sys/class/power_supply/BAT0/current_now = 1500000\n
        sys/class/power_supply/BAT0/voltage_now = 12229000\n
        sys/class/power_supply/BAT0/charge_full = 4000000\n
        sys/class/power_supply/BAT0/temp = 253\n
        sys/class/power_supply/BAT0/temp_max = 600\n
        sys/class/power_supply/BAT0/time_to_full_now = 3600\n
        sys/class/power_supply/BAT0/status = Charging\n
        sys/class/power_supply/BAT0/capacity_level = Normal\n
        sys/class/power_supply/BAT0/serial_number =  38109\n
        sys/class/power_supply/BAT0/technology = Li-ion\n
        sys/class/powercap/intel-rapl:0/name = package-1\n
        sys/class/powercap/intel-rapl:0/max_energy_range_uj = 262143328850\n
        sys/class/powercap/intel-rapl:0/energy_uj = 240422366267\n
        sys/class/powercap/intel-rapl:0:0/name = dram\n
        sys/class/powercap/intel-rapl:0:0/max_energy_range_uj = 262143328850\n
        sys/class/powercap/intel-rapl:0:0/energy_uj = 118821284256\n
        sys/class/powercap/intel-rapl:1:0/name = dram\n
        sys/class/powercap/intel-rapl:1:0/max_energy_range_uj = 262143328850\n
        sys/class/powercap/intel-rapl:1:0/energy_uj = 5\n
        sys/class/net/bonding_masters = bond0 empty\n
        sys/class/net/bond0/bonding/slaves = eth0 eth1\n
        sys/class/net/bond0/lower_eth0/bonding_slave/mii_status = up\n
        sys/class/net/bond0/slave_eth1/bonding_slave/mii_status = down\n
        sys/class/net/empty/bonding/slaves = \n
        sys/class/net/eth0/address = 02:00:00:00:00:01\n
        sys/class/net/eth0/broadcast = ff:ff:ff:ff:ff:ff\n
        sys/class/net/eth0/duplex = full\n
        sys/class/net/eth0/operstate = up\n
        sys/class/net/eth0/ifalias = uplink\n
        sys/class/net/eth0/speed = 1000\n
        sys/class/net/eth0/mtu = 1500\n
        sys/class/net/eth0/flags = 0x1003\n
        sys/class/net/eth0/carrier = 1\n
        sys/class/net/eth0/carrier_changes = 2\n
        sys/class/net/eth0/type = 1\n
        sys/class/net/eth0/dev_id = 0x20\n
        sys/class/net/eth1/operstate = down\n
        sys/class/net/eth1/speed = -1\n
        sys/class/net/eth1/flags = 0x1002\n
        sys/class/infiniband/mlx4_0/board_id = SM_1\n
        sys/class/infiniband/mlx4_0/fw_ver = 2.31\n
        sys/class/infiniband/mlx4_0/hca_type = MT4099\n
        sys/class/infiniband/mlx4_0/ports/1/state = 4: ACTIVE\n
        sys/class/infiniband/mlx4_0/ports/1/phys_state = 5: LinkUp\n
        sys/class/infiniband/mlx4_0/ports/1/rate = 2.5 Gb/sec (1X SDR)\n
        sys/class/infiniband/mlx4_0/ports/1/counters/port_rcv_data = 11\n
        sys/class/infiniband/mlx4_0/ports/1/counters/port_xmit_wait = 12\n
        sys/class/infiniband/mlx4_0/ports/1/counters/VL15_dropped = 13\n
        sys/class/infiniband/mlx4_0/ports/1/counters/symbol_error = N/A (no PMA)\n
        sys/class/infiniband/mlx4_0/ports/1/counters_ext/port_xmit_data_64 = 14\n
        sys/class/fc_host/host0/speed = 16 Gbit\n
        sys/class/fc_host/host0/port_state = Online\n
        sys/class/fc_host/host0/port_type = Point-To-Point (direct nport connection)\n
        sys/class/fc_host/host0/node_name = 0x2000e0071bce95f2\n
        sys/class/fc_host/host0/port_id = 0x000002\n
        sys/class/fc_host/host0/port_name = 0x1000e0071bce95f2\n
        sys/class/fc_host/host0/fabric_name = 0x0\n
        sys/class/fc_host/host0/symbolic_name = Made HBA\n
        sys/class/fc_host/host0/supported_classes = Class 3\n
        sys/class/fc_host/host0/supported_speeds = 4 Gbit, 8 Gbit\n
        sys/class/fc_host/host0/dev_loss_tmo = 30\n
        sys/class/fc_host/host0/statistics/dumped_frames = 0xffffffffffff0\n
        sys/class/fc_host/host0/statistics/error_frames = 0x1\n
        sys/class/fc_host/host0/statistics/invalid_crc_count = 0x2\n
        sys/class/fc_host/host0/statistics/rx_frames = 0x3\n
        sys/class/fc_host/host0/statistics/rx_words = 0x4\n
        sys/class/fc_host/host0/statistics/tx_frames = 0x5\n
        sys/class/fc_host/host0/statistics/tx_words = 0x6\n
        sys/class/fc_host/host0/statistics/seconds_since_last_reset = 0x7\n
        sys/class/fc_host/host0/statistics/invalid_tx_word_count = 0x8\n
        sys/class/fc_host/host0/statistics/link_failure_count = 0x9\n
        sys/class/fc_host/host0/statistics/loss_of_sync_count = 0x10\n
        sys/class/fc_host/host0/statistics/loss_of_signal_count = 0x11\n
        sys/class/fc_host/host0/statistics/nos_count = 0x12\n
        sys/class/fc_host/host0/statistics/fcp_packet_aborts = 0x13\n
        sys/class/scsi_tape/st0/stats/in_flight = 1\n
        sys/class/scsi_tape/st0/stats/io_ns = 2000000000\n
        sys/class/scsi_tape/st0/stats/other_cnt = 3\n
        sys/class/scsi_tape/st0/stats/read_byte_cnt = 4\n
        sys/class/scsi_tape/st0/stats/read_cnt = 5\n
        sys/class/scsi_tape/st0/stats/read_ns = 6000000000\n
        sys/class/scsi_tape/st0/stats/resid_cnt = 7\n
        sys/class/scsi_tape/st0/stats/write_byte_cnt = 8\n
        sys/class/scsi_tape/st0/stats/write_cnt = 9\n
        sys/class/scsi_tape/st0/stats/write_ns = 10000000000\n
        sys/devices/system/clocksource/clocksource0/available_clocksource = tsc hpet acpi_pm \n
        sys/devices/system/clocksource/clocksource0/current_clocksource = tsc\n
        sys/devices/system/cpu/offline = \n
        sys/devices/system/cpu/cpu0/topology/physical_package_id = 0\n
        sys/devices/system/cpu/cpu0/topology/core_id = 0\n
        sys/devices/system/cpu/cpu0/thermal_throttle/core_throttle_count = 5\n
        sys/devices/system/cpu/cpu0/thermal_throttle/package_throttle_count = 30\n
        sys/devices/system/cpu/cpu1/topology/physical_package_id = 0\n
        sys/devices/system/cpu/cpu1/topology/core_id = 1\n
        sys/devices/system/cpu/cpu1/thermal_throttle/core_throttle_count = 6\n
        sys/devices/system/cpu/cpu1/thermal_throttle/package_throttle_count = 31\n
        sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq = 2400000\n
        sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_min_freq = 800000\n
        sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq = 1219917\n
        sys/devices/system/cpu/cpu0/cpufreq/scaling_max_freq = 2400000\n
        sys/devices/system/cpu/cpu0/cpufreq/scaling_min_freq = 800000\n
        sys/devices/system/cpu/cpu0/cpufreq/scaling_available_governors = performance powersave\n
        sys/devices/system/cpu/cpu0/cpufreq/scaling_driver = intel_pstate\n
        sys/devices/system/cpu/cpu0/cpufreq/scaling_governor = powersave\n
        sys/devices/system/cpu/cpu0/cpufreq/related_cpus = 0\n
        sys/devices/system/cpu/cpu0/cpufreq/scaling_setspeed = <unsupported>\n
        sys/devices/system/edac/mc/mc0/ce_count = 1\n
        sys/devices/system/edac/mc/mc0/ce_noinfo_count = 2\n
        sys/devices/system/edac/mc/mc0/ue_count = 5\n
        sys/devices/system/edac/mc/mc0/ue_noinfo_count = 6\n
        sys/devices/system/edac/mc/mc0/csrow0/ce_count = 3\n
        sys/devices/system/edac/mc/mc0/csrow0/ue_count = 4\n
        sys/fs/bcache/aa-11/average_key_size = 0\n
        sys/fs/bcache/aa-11/btree_cache_size = 2.5M\n
        sys/fs/bcache/aa-11/cache_available_percent = 99\n
        sys/fs/bcache/aa-11/congested = 0\n
        sys/fs/bcache/aa-11/root_usage_percent = 4\n
        sys/fs/bcache/aa-11/tree_depth = 1\n
        sys/fs/bcache/aa-11/internal/active_journal_entries = 1\n
        sys/fs/bcache/aa-11/internal/btree_nodes = 7\n
        sys/fs/bcache/aa-11/internal/btree_read_average_duration_us = 1305\n
        sys/fs/bcache/aa-11/internal/cache_read_races = 2\n
        sys/fs/bcache/aa-11/bdev0/dirty_data = 3.1k\n
        sys/fs/bcache/aa-11/bdev0/writeback_rate_debug = rate:\t\t1.1M/sec\ndirty:\t\t20.4G\ntarget:\t\t20.4G\nproportional:\t427.5k\nintegral:\t790.0k\nchange:\t\t321.5k/sec\nnext io:\t17ms\n
        sys/fs/bcache/aa-11/bdev0/stats_five_minute/bypassed = 0\n
        sys/fs/bcache/aa-11/bdev0/stats_total/bypassed = 4k\n
        sys/fs/bcache/aa-11/bdev0/stats_total/cache_hits = 546\n
        sys/fs/bcache/aa-11/bdev0/stats_total/cache_misses = 5\n
        sys/fs/bcache/aa-11/bdev0/stats_total/cache_bypass_hits = 1\n
        sys/fs/bcache/aa-11/bdev0/stats_total/cache_bypass_misses = 2\n
        sys/fs/bcache/aa-11/bdev0/stats_total/cache_hit_ratio = 100\n
        sys/fs/bcache/aa-11/bdev0/stats_total/cache_miss_collisions = 3\n
        sys/fs/bcache/aa-11/bdev0/stats_total/cache_readaheads = 13\n
        sys/fs/bcache/aa-11/cache0/io_errors = 0\n
        sys/fs/bcache/aa-11/cache0/metadata_written = 512\n
        sys/fs/bcache/aa-11/cache0/written = 0\n
        sys/fs/btrfs/bb-22/label = backup\n
        sys/fs/btrfs/bb-22/metadata_uuid = cc-33\n
        sys/fs/btrfs/bb-22/features/skinny_metadata = 0\n
        sys/fs/btrfs/bb-22/allocation/global_rsv_size = 16\n
        sys/fs/btrfs/bb-22/allocation/data/bytes_reserved = 1\n
        sys/fs/btrfs/bb-22/allocation/data/raid5/used_bytes = 300\n
        sys/fs/btrfs/bb-22/allocation/data/raid5/total_bytes = 400\n
        sys/fs/btrfs/bb-22/allocation/metadata/bytes_reserved = 2\n
        sys/fs/btrfs/bb-22/allocation/system/bytes_reserved = 0\n
        sys/fs/btrfs/bb-22/devices/sda/size = 8\n
        sys/fs/btrfs/bb-22/devices/sdb/size = 16\n
        sys/fs/xfs/sda1/stats/stats = extent_alloc 92447 97589 92448 93751\nabt 0 1 2 3\nblk_map 1767055 188820 184891 92447 92448 2140766 4\nbmbt 11 12 13 14\ndir 185039 92447 92444 136422\ntrans 706 944304 0\nig 185045 58807 5 126238 6 33637 22\nrw 107739 94045\nvnodes 92601 1 2 3 92444 92444 92444 4\n
        """;

    // What asks the kernel itself, or has files of another shape there.
    private static readonly HostCollector[] LeftOut = [HostCollector.Filesystem, HostCollector.Selinux, HostCollector.Textfile, HostCollector.Time, HostCollector.Timex, HostCollector.Uname];

    // What 1.12 has and Debian's 1.5 has not.
    private static readonly string[] Newer =
    [
        "node_btrfs_commit", "node_btrfs_last_commit_seconds", "node_btrfs_max_commit_seconds", "node_cpu_scaling_governor", "node_nfsd_requests_total method=SetClientID",
        "node_nfsd_requests_total method=WdelegGetattr", "node_softnet_backlog_len", "node_softnet_cpu_collision_total", "node_softnet_flow_limit_count_total", "node_softnet_received_rps_total",
        "node_zfs_zpool_state state=suspended",
    ];

    [Fact]
    public async Task Machine_IsReadAsNodeExporterReadsIt()
    {
        Assert.SkipUnless(NodeExporter.IsInstalled, "prometheus-node-exporter is not installed");
        using var machine = new HostFolder().Fill(Machine);
        await using var exporter = NodeExporter.Start(
        [
            "--no-collector.systemd", "--no-collector.netdev.netlink", "--collector.netdev.device-exclude=", $"--collector.diskstats.device-exclude={HostDiskConfig.DefaultExclude}",
            $"--path.procfs={machine.Proc}", $"--path.sysfs={machine.Sys}", $"--path.rootfs={machine.Root}", $"--path.udev.data={machine.Udev}",
            .. LeftOut.Select(c => $"--no-collector.{EnumNames.Of(typeof(HostCollector)).Scalar.Format(c)}"),
        ]);
        var theirs = (await exporter.AskAsync()).Series.Select(s => Line(s.Labels, s.Value)).Where(IsCompared).ToList();
        await using var bench = new HostBench(new HostSourceConfig { ProcPath = machine.Proc, SysPath = machine.Sys, RootfsPath = machine.Root, UdevDataPath = machine.Udev, Disable = LeftOut });
        await bench.StartAsync();
        var ours = StoredText.Read(bench.Store.Store).Select(s => Line(s.Labels, s.Values[0])).Where(line => IsCompared(line) && !Newer.Any(n => line.StartsWith(n, StringComparison.Ordinal))).ToList();
        string[] problems = [.. ours.Except(theirs).Select(line => "only ours: " + line), .. theirs.Except(ours).Select(line => "only theirs: " + line)];
        Assert.True(problems.Length == 0, string.Join('\n', problems));
        Assert.True(ours.Count > 400, $"{ours.Count} series");
    }

    private static bool IsCompared(string line) => line.StartsWith("node_", StringComparison.Ordinal) && !line.StartsWith("node_scrape_", StringComparison.Ordinal) && !line.StartsWith("node_exporter_", StringComparison.Ordinal);

    // Labels that are newer are left out too.
    private static string Line(Labels labels, double value) =>
        labels.Get("__name__") + string.Concat(labels.ToPairs().Where(p => p.Key is not ("__name__" or "adminstate" or "rotational" or "cntlid")).Select(p => $" {p.Key}={p.Value}")) + $" {value:R}";
}
