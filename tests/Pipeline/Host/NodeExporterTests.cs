using Streamline.Pipeline.Config;
using Streamline.Pipeline.Tests.Ingest;
using Streamline.Storage;

namespace Streamline.Pipeline.Tests.Host;

/// <summary>
/// The real node_exporter on this machine is the judge of names, types, labels and values, of all collectors that it runs by default. It is asked before and after ours: a counter lies between
/// its two answers, what stands still is equal, and other gauges are near enough to tell a wrong unit.
/// </summary>
public sealed class NodeExporterTests
{
    // Debian's build leaves more out than node_exporter itself does, and adds systemd; zram counts as a disk without one since 1.6.
    private static readonly string Defaults = $"--no-collector.systemd --collector.netdev.device-exclude= --collector.filesystem.mount-points-exclude={HostFilesystemConfig.DefaultMountPointsExclude} --collector.diskstats.device-exclude={HostDiskConfig.DefaultExclude}";

    // What node_exporter shows of itself.
    private static readonly string[] TheirOwn = ["go_", "process_", "promhttp_", "node_exporter_build_info", "node_scrape_collector_duration_seconds"];

    // Debian 12 has 1.5.0: what came later.
    private static readonly string[] Newer =
    [
        "node_disk_info.rotational", "node_network_info.adminstate", "node_filesystem_mount_info", "node_filesystem_purgeable_bytes", "node_kernel_hung_tasks_total", "node_netstat_TcpExt_TCPOFOQueue",
        "node_netstat_TcpExt_TCPRcvQDrop", "node_softnet_backlog_len", "node_softnet_cpu_collision_total", "node_softnet_flow_limit_count_total", "node_softnet_received_rps_total",
        "node_pressure_irq_stalled_seconds_total", "node_cpu_online", "node_cpu_isolated", "node_md_raid_disks", "node_md_degraded", "node_nvme_namespace_", "node_nvme_info.cntlid",
        "node_watchdog_", "node_network_carrier_up_changes_total", "node_network_carrier_down_changes_total", "node_cpu_frequency_avg_hertz",
        "node_btrfs_commit", "node_btrfs_last_commit_seconds", "node_btrfs_max_commit_seconds",
    ];

    private static readonly string[] NewerCollectors = ["bcachefs", "dmmultipath", "kernel_hung", "watchdog"];

    // What does not move while the machine only runs tests.
    private static readonly string[] Constants =
    [
        "node_boot_time_seconds", "node_filefd_maximum", "node_filesystem_size_bytes", "node_filesystem_files", "node_filesystem_readonly", "node_filesystem_device_error",
        "node_memory_MemTotal_bytes", "node_memory_SwapTotal_bytes", "node_memory_HugePages_Total", "node_memory_Hugepagesize_bytes", "node_memory_VmallocTotal_bytes", "node_memory_CommitLimit_bytes",
        "node_network_up", "node_network_info", "node_network_mtu_bytes", "node_network_flags", "node_network_iface_id", "node_network_protocol_type", "node_network_transmit_queue_length",
        "node_network_carrier_changes_total", "node_network_address_assign_type", "node_network_device_id", "node_network_iface_link", "node_network_iface_link_mode", "node_network_net_dev_group",
        "node_uname_info", "node_os_info", "node_os_version", "node_disk_info", "node_time_zone_offset_seconds", "node_time_clocksource_current_info", "node_time_clocksource_available_info",
        "node_entropy_pool_size_bits", "node_selinux_enabled", "node_timex_tick_seconds", "node_timex_tai_offset_seconds", "node_timex_loop_time_constant", "node_scrape_collector_success",
    ];

    // The same of what not every machine has.
    private static readonly string[] ConstantsIfThere =
    [
        "node_btrfs_info", "node_btrfs_device_size_bytes", "node_btrfs_allocation_ratio", "node_cooling_device_max_state", "node_cpu_frequency_max_hertz", "node_cpu_frequency_min_hertz", "node_dmi_info",
        "node_hwmon_chip_names", "node_hwmon_sensor_label", "node_memory_HugePages_Free", "node_memory_DirectMap1G_bytes", "node_memory_HardwareCorrupted_bytes", "node_network_carrier", "node_network_dormant",
        "node_network_speed_bytes", "node_nf_conntrack_entries_limit", "node_nvme_info", "node_power_supply_info", "node_md_disks_required",
    ];

    // Gauges that go up and down by any factor from one moment to the next.
    private static readonly string[] Lively =
    [
        "node_arp_entries", "node_cpu_scaling_frequency_hertz", "node_disk_io_now", "node_entropy_available_bits", "node_load", "node_memory_Dirty_bytes", "node_memory_SwapCached_bytes", "node_memory_Writeback",
        "node_netstat_Tcp_CurrEstab", "node_nf_conntrack_", "node_procs_", "node_sockstat_", "node_softnet_backlog_len", "node_timex_", "node_udp_queues", "node_xfs_vnode_active", "node_zfs_",
    ];

    [Fact]
    public async Task Families_AreNodeExporters()
    {
        Assert.SkipUnless(NodeExporter.IsInstalled, "prometheus-node-exporter is not installed");
        await using var bench = new HostBench(new HostSourceConfig());
        await using var exporter = NodeExporter.Start(Defaults.Split(' '));
        var theirs = await exporter.AskAsync();
        await bench.StartAsync();
        var after = await exporter.AskAsync();
        var ours = StoredText.Read(bench.Store.Store).Where(s => s.Labels.Get("__name__").StartsWith("node_", StringComparison.Ordinal)).Select(s => (s.Labels, s.Values[0])).ToLookup(s => s.Labels.Get("__name__"));
        var others = theirs.ByName();
        var later = after.ByName();
        var families = bench.Source.Families.GroupBy(f => f.Name).ToDictionary(f => f.Key, f => f.ToList());
        var problems = new List<string>();
        foreach (string name in ours.Select(f => f.Key).Union(others.Select(f => f.Key)).Where(n => !TheirOwn.Any(o => n.StartsWith(o, StringComparison.Ordinal))).Order(StringComparer.Ordinal))
        {
            if (Newer.Any(n => name.StartsWith(n, StringComparison.Ordinal)) && !others.Contains(name)) continue;
            if (ours.Contains(name) && others.Contains(name)) Describe(name, families[name], theirs, problems);
            string type = theirs.Types.GetValueOrDefault(name, "");
            Compare(name, Known(name, ours[name]), Known(name, others[name]), problems);
            CompareValues(name, type, Known(name, ours[name]), Known(name, others[name]), Known(name, later[name]), problems);
        }
        Assert.True(problems.Count == 0, string.Join("\n", problems));
        Assert.True(ours.Count > 200, $"{ours.Count} families");
        Assert.All(Constants, c => Assert.True(ours.Contains(c), c));
    }

    private static void Describe(string name, List<Pipeline.Host.HostFamily> families, NodeExporter.Answer theirs, List<string> problems)
    {
        if (families.TrueForAll(f => f.Type != theirs.Types[name])) problems.Add($"{name}: type {families[0].Type}, theirs is {theirs.Types[name]}");
    }

    private static void Compare(string name, Dictionary<string, double> ours, Dictionary<string, double> theirs, List<string> problems)
    {
        problems.AddRange(ours.Keys.Except(theirs.Keys).Select(k => $"only ours: {name} {k}"));
        problems.AddRange(theirs.Keys.Except(ours.Keys).Select(k => $"only theirs: {name} {k}"));
    }

    private static void CompareValues(string name, string type, Dictionary<string, double> ours, Dictionary<string, double> before, Dictionary<string, double> after, List<string> problems)
    {
        foreach (var (key, value) in ours)
        {
            if (!before.TryGetValue(key, out double first) || !after.TryGetValue(key, out double second)) continue;
            if (!IsNear(name, type, value, first, second)) problems.Add($"{key}: {value}, theirs is {first} before and {second} after");
        }
    }

    private static bool IsNear(string name, string type, double ours, double before, double after)
    {
        if (Constants.Contains(name) || ConstantsIfThere.Contains(name)) return ours == before;
        if (Lively.Any(l => name.StartsWith(l, StringComparison.Ordinal))) return true;
        // The kernel's idle times may go back by a tick, and two processors' sums of one counter need not be read in one order.
        if (name == "node_cpu_seconds_total") return ours >= before - 1 && ours <= after + 1;
        if (type is "counter" or "untyped") return ours >= before && ours <= Math.Max(before, after);
        var (low, high) = before <= after ? (before, after) : (after, before);
        return ours >= low - Math.Abs(low) / 3 && ours <= high + Math.Abs(high) / 3;
    }

    /// <summary>Series by their labels, without labels and collectors that are newer.</summary>
    private static Dictionary<string, double> Known(string name, IEnumerable<(Labels Labels, double Value)> series) =>
        series.Where(s => name != "node_scrape_collector_success" || !NewerCollectors.Contains(s.Labels.Get("collector")))
            .ToDictionary(s => string.Join(',', s.Labels.ToPairs().Where(p => !Newer.Contains($"{name}.{p.Key}")).Select(p => $"{p.Key}={p.Value}")), s => s.Value);
}
