using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Streamline.Pipeline.Config;
using Streamline.Pipeline.Exposition;
using Streamline.Pipeline.Tests.Ingest;
using Streamline.Storage;

namespace Streamline.Pipeline.Tests.Host;

/// <summary>The real node_exporter on this machine is the judge of names, types, labels and of values that stand still, of all collectors that it runs by default.</summary>
public sealed class NodeExporterTests
{
    private const string Program = "/usr/bin/prometheus-node-exporter";

    // Debian's build leaves more out than node_exporter itself does, and adds systemd; zram counts as a disk without one since 1.6.
    private static readonly string Defaults = $"--no-collector.systemd --collector.netdev.device-exclude= --collector.filesystem.mount-points-exclude={HostFilesystemConfig.DefaultMountPointsExclude} --collector.diskstats.device-exclude={HostDiskConfig.DefaultExclude}";

    // What node_exporter shows of itself.
    private static readonly string[] TheirOwn = ["go_", "process_", "promhttp_", "node_exporter_build_info", "node_scrape_collector_duration_seconds"];

    // Debian 12 has 1.5.0: what came later.
    private static readonly string[] Newer =
    [
        "node_disk_info.rotational", "node_network_info.adminstate", "node_filesystem_mount_info", "node_filesystem_purgeable_bytes", "node_kernel_hung_tasks_total", "node_netstat_TcpExt_TCPOFOQueue",
        "node_netstat_TcpExt_TCPRcvQDrop", "node_softnet_backlog_len", "node_softnet_cpu_collision_total", "node_softnet_flow_limit_count_total", "node_softnet_received_rps_total",
        "node_pressure_irq_stalled_seconds_total", "node_cpu_online", "node_cpu_isolated", "node_nf_conntrack_stat_", "node_md_raid_disks", "node_md_degraded", "node_nvme_namespace_", "node_nvme_info.cntlid",
        "node_watchdog_", "node_network_carrier_up_changes_total", "node_network_carrier_down_changes_total", "node_cpu_frequency_avg_hertz", "node_xfs_inode_operation_",
        "node_btrfs_commit", "node_btrfs_last_commit_seconds", "node_btrfs_max_commit_seconds",
    ];

    private static readonly string[] NewerCollectors = ["bcachefs", "dmmultipath", "kernel_hung", "watchdog"];

    private static readonly string[] Constants =
    [
        "node_boot_time_seconds", "node_filefd_maximum", "node_filesystem_size_bytes", "node_filesystem_files", "node_filesystem_readonly", "node_filesystem_device_error",
        "node_memory_MemTotal_bytes", "node_memory_SwapTotal_bytes", "node_memory_HugePages_Total", "node_memory_Hugepagesize_bytes", "node_memory_VmallocTotal_bytes",
        "node_network_up", "node_network_info", "node_network_mtu_bytes", "node_network_flags", "node_network_iface_id", "node_network_protocol_type", "node_network_transmit_queue_length",
        "node_uname_info", "node_os_info", "node_os_version", "node_disk_info", "node_time_zone_offset_seconds", "node_time_clocksource_current_info", "node_time_clocksource_available_info",
        "node_entropy_pool_size_bits", "node_selinux_enabled", "node_timex_tick_seconds", "node_timex_tai_offset_seconds", "node_timex_loop_time_constant", "node_scrape_collector_success",
    ];

    private sealed record Answer(Dictionary<string, string> Types, List<(Labels Labels, double Value)> Series);

    [Fact]
    public async Task Families_AreNodeExporters()
    {
        Assert.SkipUnless(File.Exists(Program), "prometheus-node-exporter is not installed");
        var theirs = await AskAsync();
        await using var bench = new HostBench(new HostSourceConfig());
        await bench.StartAsync();
        var ours = StoredText.Read(bench.Store.Store).Where(s => s.Labels.Get("__name__").StartsWith("node_", StringComparison.Ordinal)).Select(s => (s.Labels, s.Values[0])).ToLookup(s => s.Labels.Get("__name__"));
        var others = theirs.Series.ToLookup(s => s.Labels.Get("__name__"));
        var families = bench.Source.Families.GroupBy(f => f.Name).ToDictionary(f => f.Key, f => f.ToList());
        var problems = new List<string>();
        foreach (string name in ours.Select(f => f.Key).Union(others.Select(f => f.Key)).Where(n => !TheirOwn.Any(o => n.StartsWith(o, StringComparison.Ordinal))).Order(StringComparer.Ordinal))
        {
            if (Newer.Any(n => name.StartsWith(n, StringComparison.Ordinal)) && !others.Contains(name)) continue;
            if (ours.Contains(name) && others.Contains(name)) Describe(name, families[name], theirs, problems);
            Compare(name, Known(name, ours[name]), Known(name, others[name]), theirs.Types.GetValueOrDefault(name) == "counter", problems);
        }
        Assert.True(problems.Count == 0, string.Join("\n", problems));
        Assert.True(ours.Count > 200, $"{ours.Count} families");
        Assert.All(Constants, c => Assert.True(ours.Contains(c), c));
    }

    private static void Describe(string name, List<Pipeline.Host.HostFamily> families, Answer theirs, List<string> problems)
    {
        if (families.TrueForAll(f => f.Type != theirs.Types[name])) problems.Add($"{name}: type {families[0].Type}, theirs is {theirs.Types[name]}");
    }

    private static void Compare(string name, Dictionary<string, double> ours, Dictionary<string, double> theirs, bool isCounter, List<string> problems)
    {
        problems.AddRange(ours.Keys.Except(theirs.Keys).Select(k => $"only ours: {k}"));
        problems.AddRange(theirs.Keys.Except(ours.Keys).Select(k => $"only theirs: {k}"));
        foreach (var (key, value) in ours.Where(o => theirs.ContainsKey(o.Key)))
        {
            if (Constants.Contains(name) && value != theirs[key]) problems.Add($"{key}: {value}, theirs is {theirs[key]}");
            // Ours is read later. The kernel's idle times may go back by a tick.
            if (isCounter && value < theirs[key] - (name == "node_cpu_seconds_total" ? 1 : 0)) problems.Add($"{key}: {value} is less than {theirs[key]} before");
        }
    }

    /// <summary>Series by their labels, without labels and collectors that are newer.</summary>
    private static Dictionary<string, double> Known(string name, IEnumerable<(Labels Labels, double Value)> series) =>
        series.Where(s => name != "node_scrape_collector_success" || !NewerCollectors.Contains(s.Labels.Get("collector")))
            .ToDictionary(s => string.Join(',', s.Labels.ToPairs().Where(p => !Newer.Contains($"{name}.{p.Key}")).Select(p => $"{p.Key}={p.Value}")), s => s.Value);

    private static async Task<Answer> AskAsync()
    {
        var start = new ProcessStartInfo(Program, [$"--web.listen-address=127.0.0.1:{FreePort(out int port)}", .. Defaults.Split(' ')]) { RedirectStandardError = true };
        using var process = Process.Start(start)!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        try
        {
            using var client = new HttpClient();
            byte[] text = await RetryAsync(() => client.GetByteArrayAsync(new Uri($"http://127.0.0.1:{port}/metrics")));
            return Read(text);
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
    }

    private static int FreePort(out int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return port = ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task<byte[]> RetryAsync(Func<Task<byte[]>> ask)
    {
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                return await ask();
            }
            catch (HttpRequestException) when (attempt < 200)
            {
                await Task.Delay(50);
            }
        }
    }

    private static Answer Read(byte[] text)
    {
        var answer = new Answer([], []);
        foreach (string line in System.Text.Encoding.UTF8.GetString(text).Split('\n'))
        {
            if (line.StartsWith("# TYPE ", StringComparison.Ordinal)) answer.Types[line.Split(' ')[2]] = line.Split(' ')[3];
        }
        var labels = new LabelsBuilder();
        var reader = new ExpositionReader(text, ExpositionFormat.Text);
        for (var found = reader.Next(); found != ExpositionEvent.End; found = reader.Next())
        {
            Assert.NotEqual(ExpositionEvent.Error, found);
            if (found != ExpositionEvent.Sample) continue;
            Assert.Null(SeriesText.Decode(reader.Series, reader.Type, labels));
            answer.Series.Add((labels.Build(), reader.Value));
        }
        return answer;
    }
}
