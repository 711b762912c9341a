using Streamline.Pipeline.Config;
using Streamline.Pipeline.Host;
using Streamline.Pipeline.Host.Kernel;
using Streamline.Pipeline.Ingest;
using Streamline.Pipeline.Tests.Ingest;

namespace Streamline.Pipeline.Tests.Host;

public sealed class HostSourceTests : IDisposable
{
    private readonly HostFolder _machine = new();

    public void Dispose() => _machine.Dispose();

    public static TheoryData<string, string, string, string> Collectors => new()
    {
        {
            "proc/stat", "node_c|node_f|node_i|node_b|node_procs",
            "cpu  9 9 9 9 9 9 9 9 9 9\ncpu0 100 200 300 400 500 600 700 800 900 1000\ncpu11 1 2 3 4\nintr 77 1 2 3\nctxt 88\nbtime 1700000000\nprocesses 99\nprocs_running 3\nprocs_blocked\nsoftirq 5 5\n\nnonsense\ncpu x",
            """
            node_boot_time_seconds 1700000000
            node_context_switches_total 88
            node_cpu_guest_seconds_total{cpu=0,mode=nice} 10
            node_cpu_guest_seconds_total{cpu=0,mode=user} 9
            node_cpu_seconds_total{cpu=0,mode=idle} 4
            node_cpu_seconds_total{cpu=0,mode=iowait} 5
            node_cpu_seconds_total{cpu=0,mode=irq} 6
            node_cpu_seconds_total{cpu=0,mode=nice} 2
            node_cpu_seconds_total{cpu=0,mode=softirq} 7
            node_cpu_seconds_total{cpu=0,mode=steal} 8
            node_cpu_seconds_total{cpu=0,mode=system} 3
            node_cpu_seconds_total{cpu=0,mode=user} 1
            node_cpu_seconds_total{cpu=11,mode=idle} 0.04
            node_cpu_seconds_total{cpu=11,mode=nice} 0.02
            node_cpu_seconds_total{cpu=11,mode=system} 0.03
            node_cpu_seconds_total{cpu=11,mode=user} 0.01
            node_forks_total 99
            node_intr_total 77
            node_procs_running 3
            """
        },
        {
            "proc/meminfo", "node_memory",
            "MemTotal:       16 kB\nActive(anon):    5 kB\nHugePages_Total:       7\nBroken:\nOdd: x kB\nNoColon 5 kB\n\n",
            """
            node_memory_Active_anon_bytes 5120
            node_memory_HugePages_Total 7
            node_memory_MemTotal_bytes 16384
            """
        },
        { "proc/loadavg", "node_load", "0.50 1.25 2 1/234 5678\n", "node_load1 0.5\nnode_load15 2\nnode_load5 1.25" },
        { "proc/loadavg", "node_load", "0.50 1.25\n", "node_load1 0.5\nnode_load5 1.25" },
        { "proc/loadavg", "node_load", "", "" },
        {
            "proc/diskstats", "node_disk",
            "   7       0 loop0 1 1 1 1 1 1 1 1 1 1 1\n 254 1 vda1 1 1 1 1 1 1 1 1 1 1 1\n 259 1 nvme0n1p2 1 1 1\n 254       0 vda 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18\n 8 0 sda 1 2 3\n 8 1\nx\n",
            """
            node_disk_discard_time_seconds_total{device=vda} 0.015
            node_disk_discarded_sectors_total{device=vda} 14
            node_disk_discards_completed_total{device=vda} 12
            node_disk_discards_merged_total{device=vda} 13
            node_disk_flush_requests_time_seconds_total{device=vda} 0.017
            node_disk_flush_requests_total{device=vda} 16
            node_disk_info{device=sda,major=8,minor=0,rotational=0} 1
            node_disk_info{device=vda,major=254,minor=0,rotational=0} 1
            node_disk_io_now{device=vda} 9
            node_disk_io_time_seconds_total{device=vda} 0.01
            node_disk_io_time_weighted_seconds_total{device=vda} 0.011
            node_disk_read_bytes_total{device=sda} 1536
            node_disk_read_bytes_total{device=vda} 1536
            node_disk_read_time_seconds_total{device=vda} 0.004
            node_disk_reads_completed_total{device=sda} 1
            node_disk_reads_completed_total{device=vda} 1
            node_disk_reads_merged_total{device=sda} 2
            node_disk_reads_merged_total{device=vda} 2
            node_disk_write_time_seconds_total{device=vda} 0.008
            node_disk_writes_completed_total{device=vda} 5
            node_disk_writes_merged_total{device=vda} 6
            node_disk_written_bytes_total{device=vda} 3584
            """
        },
        {
            "proc/net/dev", "node_network",
            "Inter-|   Receive                                                |  Transmit\n face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n  eth0:1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\nbr-0: 100 2\n",
            """
            node_network_receive_bytes_total{device=br-0} 100
            node_network_receive_bytes_total{device=eth0} 1
            node_network_receive_compressed_total{device=eth0} 7
            node_network_receive_drop_total{device=eth0} 4
            node_network_receive_errs_total{device=eth0} 3
            node_network_receive_fifo_total{device=eth0} 5
            node_network_receive_frame_total{device=eth0} 6
            node_network_receive_multicast_total{device=eth0} 8
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
            """
        },
        {
            "proc/pressure/memory", "node_pressure",
            "some avg10=0.00 avg60=1.00 avg300=2.00 total=2500000\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=500000\nodd total=9\nsome avg10=1\n",
            "node_pressure_memory_stalled_seconds_total 0.5\nnode_pressure_memory_waiting_seconds_total 2.5"
        },
        { "proc/pressure/cpu", "node_pressure", "some avg10=0.00 total=1000000\nfull avg10=0.00 total=0\n", "node_pressure_cpu_waiting_seconds_total 1" },
        {
            "proc/vmstat", "node_vmstat", "nr_free_pages 5\npgpgin 10\npgfault 11\npgmajfault 12\npswpin 13\noom_kill 14\npgsteal 15\nthp_fault_alloc 16\npgpgout\npgpgoutx y\n",
            "node_vmstat_oom_kill 14\nnode_vmstat_pgfault 11\nnode_vmstat_pgmajfault 12\nnode_vmstat_pgpgin 10\nnode_vmstat_pswpin 13"
        },
        { "proc/sys/fs/file-nr", "node_filefd", "540\t0\t2466183\n", "node_filefd_allocated 540\nnode_filefd_maximum 2466183" },
        { "proc/sys/fs/file-nr", "node_filefd", "540\n", "node_filefd_allocated 540" },
    };

    [Theory]
    [MemberData(nameof(Collectors))]
    public async Task File_GivesTheseSeries(string file, string names, string content, string expected)
    {
        _machine.Write(file, content);
        await using var bench = new HostBench(_machine);
        await bench.StartAsync();
        var found = bench.Store.Samples().Where(line => names.Split('|').Any(n => line.StartsWith(n, StringComparison.Ordinal)));
        Assert.Equal(expected.ReplaceLineEndings("\n"), string.Join('\n', found.Order(StringComparer.Ordinal)));
    }

    [Fact]
    public async Task Uname_IsLabels()
    {
        foreach (var (name, text) in new[] { ("osrelease", "6.1"), ("ostype", "Linux"), ("hostname", "h"), ("domainname", "(none)"), ("version", "#1 SMP") }) _machine.Write("proc/sys/kernel/" + name, text + "\n");
        await using var bench = new HostBench(_machine);
        await bench.StartAsync();
        string line = Assert.Single(bench.Store.Samples("node_uname_info"));
        Assert.StartsWith("node_uname_info{domainname=(none),machine=", line, StringComparison.Ordinal);
        Assert.EndsWith(",nodename=h,release=6.1,sysname=Linux,version=#1 SMP} 1", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Filesystems_AreThoseOfTheFirstProcess_WithTheirRealNames()
    {
        Directory.CreateDirectory(Path.Combine(_machine.Root, "with space"));
        _machine.Write(
            "proc/1/mountinfo",
            "1 0 254:0 / / rw,noatime shared:1 - ext4 /dev/vda rw\n2 1 254:16 / /with\\040space ro - xfs /dev/vdb rw,attr2\n3 1 254:32 / /gone rw - ext4 /dev/vdc rw,emergency_ro\n4 1 0:5 / /proc rw - proc proc rw\n"
            + "5 1 0:6 / /dev/shm rw shared:2 master:3 - tmpfs tmpfs rw\n6 1 0:7 / /x rw - cgroup2 cg rw\n7 1 254:0 / / rw,noatime shared:1 - ext4 /dev/vda rw\n8 1 0:8 / / ro - ramfs  ro\nbroken\n\n");
        await using var bench = new HostBench(_machine);
        await bench.StartAsync();
        Assert.Equal(
            [
                "node_filesystem_device_error{device=/dev/vda,fstype=ext4,mountpoint=/} 0", "node_filesystem_device_error{device=/dev/vdb,fstype=xfs,mountpoint=/with space} 0",
                "node_filesystem_device_error{device=/dev/vdc,device_error=no such file or directory,fstype=ext4,mountpoint=/gone} 1", "node_filesystem_device_error{fstype=ramfs,mountpoint=/} 0",
            ],
            bench.Store.Samples("node_filesystem_device_error"));
        var sizes = StoredText.Read(bench.Store.Store, "node_filesystem_size_bytes");
        Assert.Equal(["/", "/with space", "/"], sizes.Select(s => s.Labels.Get("mountpoint")));
        Assert.All(sizes, s => Assert.True(s.Values[0] > 1e6));
        Assert.Equal([0, 1, 1, 1], StoredText.Read(bench.Store.Store, "node_filesystem_readonly").Select(s => s.Values[0]));
        Assert.Equal(
            ["node_filesystem_mount_info{device=/dev/vda,major=254,minor=0,mountpoint=/} 1", "node_filesystem_mount_info{device=/dev/vdb,major=254,minor=16,mountpoint=/with space} 1",
                "node_filesystem_mount_info{major=0,minor=8,mountpoint=/} 1"],
            bench.Store.Samples("node_filesystem_mount_info"));
    }

    [Fact]
    public async Task MachineWithoutFiles_SaysWhichCollectorsFailed()
    {
        await using var bench = new HostBench(_machine);
        await bench.StartAsync();
        var success = bench.Store.Samples("node_scrape_collector_success");
        Assert.Equal(EnumNames.Of(typeof(HostCollector)).Names.Count(), success.Count);
        // What needs no file, and what looks for devices that need not be there.
        string[] withoutFiles = ["bcache", "btrfs", "edac", "selinux", "sockstat", "textfile", "thermal_zone", "time", "timex", "xfs"];
        Assert.Equal(withoutFiles.Select(name => $"node_scrape_collector_success{{collector={name}}} 1"), success.Where(l => l.EndsWith('1')));
        Assert.Equal(["up 1"], bench.Store.Samples("up"));
    }

    [Fact]
    public async Task CollectorThatThrows_IsNoSuccess_AndCostsNoOther()
    {
        _machine.Write("proc/loadavg", "1 2 3 1/1 1\n");
        await using var source = new HostBench(new HostSourceConfig { ProcPath = _machine.Proc }, [("broken", new Broken()), ("loadavg", new LoadCollector())]);
        await source.StartAsync();
        Assert.Equal(["node_scrape_collector_success{collector=broken} 0", "node_scrape_collector_success{collector=loadavg} 1"], source.Store.Samples("node_scrape_collector_success"));
        Assert.Equal(["node_load1 1"], source.Store.Samples("node_load1"));
        Assert.Equal(["up 1"], source.Store.Samples("up"));
    }

    private sealed class Broken : IHostCollector
    {
        public IEnumerable<HostFamily> Families => [];

        public bool Collect(HostFiles files, SeriesWriter writer)
        {
            writer.Series("node_half"u8).Label("a"u8, "b"u8);
            throw new InvalidOperationException("cannot digest");
        }
    }

    [Fact]
    public async Task Rounds_AreOnTheGrid_AndEndWhatVanished()
    {
        _machine.Write("proc/meminfo", "MemTotal: 1 kB\nSwapTotal: 2 kB\n");
        await using var bench = new HostBench(_machine);
        bench.Store.Clock.Advance(TimeSpan.FromMilliseconds(1234));
        await bench.StartAsync();
        _machine.Write("proc/meminfo", "MemTotal: 1 kB\n");
        await bench.Store.Time.StepAsync(HostBench.Interval);
        await bench.Store.Time.StepAsync(HostBench.Interval);
        Assert.Equal(["node_memory_SwapTotal_bytes 2048 stale"], bench.Store.Samples("node_memory_SwapTotal_bytes"));
        long[] times = StoredText.Read(bench.Store.Store, "node_memory_MemTotal_bytes")[0].Times;
        Assert.Equal([1234, 0, 0], times.Select(t => t % 5000));
        Assert.Equal(3766, times[1] - times[0]);
    }

    [Fact]
    public async Task StoppedSource_SendsNothingMore()
    {
        await using var bench = new HostBench(_machine);
        await bench.StartAsync();
        await bench.Source.StopAsync();
        int batches = bench.Store.Batches;
        bench.Store.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(batches, bench.Store.Batches);
    }
}
