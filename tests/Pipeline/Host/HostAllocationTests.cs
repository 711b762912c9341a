using Microsoft.Extensions.Logging.Abstractions;
using Streamline.Pipeline.Config;
using Streamline.Pipeline.Host;
using Streamline.Pipeline.Ingest;
using Streamline.Pipeline.Tests.Ingest;
using Streamline.Storage;

namespace Streamline.Pipeline.Tests.Host;

/// <summary>A round over files met before costs no garbage: it runs every five seconds on every machine.</summary>
public sealed class HostAllocationTests
{
    // Bytes that a collector may spend a round, with the reason.
    private static readonly Dictionary<HostCollector, int> Allowed = new()
    {
        // What mounted volumes answer.
        [HostCollector.Btrfs] = 20_000,
        // A task that the round can leave behind when a mount hangs.
        [HostCollector.Filesystem] = 1_000,
        // The folder of the devices is listed each time, as a new device must be seen at once: some names.
        [HostCollector.Netclass] = 20_000,
    };

    /// <summary>Hardware that no machine of the tests has.</summary>
    internal const string Machine =
        """
        proc/stat = cpu0 1 2 3 4 5 6 7 8 9 10\nctxt 5\n
        sys/devices/system/cpu/offline = \n
        sys/devices/system/cpu/cpu0/cpufreq/scaling_driver = acpi\n
        sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq = 800000\n
        sys/devices/system/cpu/cpu0/cpufreq/scaling_available_governors = performance powersave\n
        sys/devices/system/cpu/cpu0/cpufreq/scaling_governor = powersave\n
        sys/class/hwmon/hwmon0/name = chip\n
        sys/class/hwmon/hwmon0/temp1_input = 1000\n
        sys/class/hwmon/hwmon0/temp1_label = Core\n
        sys/class/thermal/thermal_zone0/type = cpu\n
        sys/class/thermal/thermal_zone0/temp = 1000\n
        sys/class/power_supply/BAT0/capacity = 5\n
        sys/class/power_supply/BAT0/status = Full\n
        sys/class/powercap/rapl:0/name = core\n
        sys/class/powercap/rapl:0/max_energy_range_uj = 9\n
        sys/class/powercap/rapl:0/energy_uj = 5\n
        sys/class/watchdog/watchdog0/timeout = 60\n
        sys/devices/system/edac/mc/mc0/ce_count = 1\n
        sys/class/nvme/nvme0/state = live\n
        sys/class/nvme/nvme0/nvme0n1/size = 9\n
        sys/class/infiniband/mlx/fw_ver = 1\n
        sys/class/infiniband/mlx/ports/1/state = 4: ACTIVE\n
        sys/class/infiniband/mlx/ports/1/counters/port_rcv_data = 7\n
        sys/class/fc_host/host0/port_state = Online\n
        sys/class/fc_host/host0/statistics/rx_frames = 0x5\n
        sys/class/scsi_tape/st0/stats/read_cnt = 5\n
        sys/class/net/bonding_masters = bond0\n
        sys/class/net/bond0/bonding/slaves = eth0\n
        sys/class/net/bond0/lower_eth0/bonding_slave/mii_status = up\n
        sys/block/dm-0/dm/uuid = mpath-1\n
        sys/block/dm-0/slaves/sda/x = 1\n
        sys/block/sda/device/state = running\n
        sys/fs/bcache/a-b/bdev0/dirty_data = 1k\n
        sys/fs/btrfs/a-b/devices/sda/size = 8\n
        sys/fs/btrfs/a-b/allocation/data/single/total_bytes = 8\n
        sys/fs/bcachefs/a-b/counters/io_read = since filesystem creation: 3k\n
        sys/fs/bcachefs/a-b/dev-0/io_done = read:\nsb : 5\n
        sys/fs/xfs/vda1/stats/stats = rw 1 2\n
        proc/spl/kstat/zfs/arcstats = name type data\nhits 4 5\n
        proc/spl/kstat/zfs/tank/state = ONLINE\n
        proc/spl/kstat/zfs/tank/objset-1 = name type data\ndataset_name 7 tank/x\nwrites 4 21\n
        proc/net/rpc/nfs = net 1 2 3 4\nproc3 22 0 1 2\n
        proc/net/rpc/nfsd = rc 1 2 3\nproc4ops 40 0 0 0 1 2 3\n
        proc/net/ip_vs_stats = a\nb\n 1 2 3 4 5\n
        proc/net/ip_vs = TCP  0A000001:01BB wlc\n  -> 0A000102:1F90 Masq 10 3 4\n
        proc/sys/net/netfilter/nf_conntrack_count = 1\n
        proc/sys/net/netfilter/nf_conntrack_max = 2\n
        proc/net/stat/nf_conntrack = head\n1 2 3 4 5 6 7 8 9 a b c d e f 10 11\n
        proc/net/arp = head\n10.0.0.1 0x1 0x2 02:00:00:00:00:01 * eth0\n
        proc/diskstats = 8 0 sda 1 2 3 4\n
        udev/b8:0 = E:ID_MODEL=Disk\nE:ID_FS_TYPE=ext4\nE:DM_NAME=x\nE:ID_ATA=1\nE:ID_ATA_WRITE_CACHE=1\n
        """;

    [Fact]
    public void Collectors_OnThisMachine_AllocateNothing() => AssertNothing(new HostPaths("/proc", "/sys", "/", "/run/udev/data"));

    [Fact]
    public void Collectors_OfRareHardware_AllocateNothing()
    {
        using var machine = new HostFolder().Fill(Machine);
        AssertNothing(new HostPaths(machine.Proc, machine.Sys, machine.Root, machine.Udev));
    }

    private static void AssertNothing(HostPaths paths)
    {
        using var bench = new StoreBench();
        var files = new HostFiles(paths, bench.Clock);
        var collectors = HostCollectors.Make(new HostSourceConfig(), NullLogger.Instance);
        var writer = new SeriesWriter([new("job", "node")]);
        long[] spent = new long[collectors.Length];
        for (int round = 0; round < 4; round++)
        {
            var batch = new SampleBatch("test", 16_384);
            writer.Begin(batch, bench.Router, bench.NowMs + round);
            for (int i = 0; i < collectors.Length; i++)
            {
                long before = GC.GetAllocatedBytesForCurrentThread();
                collectors[i].Collector.Collect(files, writer);
                spent[i] = GC.GetAllocatedBytesForCurrentThread() - before;
            }
            writer.End();
            batch.Release();
        }
        var tooMuch = new HostSourceConfig().Collectors.Select((name, i) => (name, spent[i])).Where(c => c.Item2 > Allowed.GetValueOrDefault(c.name));
        Assert.Equal("", string.Join(", ", tooMuch));
    }
}
