using System.Diagnostics;
using System.Globalization;
using System.Net;
using Streamline.EndToEnd.Running;

namespace Streamline.EndToEnd;

/// <summary>The main job as a user runs it: the built program, the default pipeline, a real node_exporter, a webhook, and a kill in the middle.</summary>
public sealed class MainJobTests
{
    private const string NodeExporter = "/usr/bin/prometheus-node-exporter";

    private const string AllSamples = "sum(count_over_time(node_cpu_seconds_total[10m])) + sum(count_over_time(node_network_receive_bytes_total[10m])) + sum(count_over_time(up[10m]))";

    // Debian's package leaves out loopback and /mnt; node_exporter itself, which the host source follows, does not. Debian's version is too old to leave out zram.
    private static readonly string[] UpstreamDefaults =
    [
        "--collector.netdev.device-exclude=",
        "--collector.filesystem.mount-points-exclude=^/(dev|proc|run/credentials/.+|sys|var/lib/docker/.+|var/lib/containers/storage/.+)($|/)",
        @"--collector.diskstats.device-exclude=^(z?ram|loop|fd|(h|s|v|xv)d[a-z]|nvme\d+n\d+p)\d+$",
        "--no-collector.systemd",
    ];

    [Fact]
    public async Task DefaultPipeline_NodeExporter_AlertAndResolve_SurviveAKill()
    {
        Assert.SkipUnless(File.Exists(NodeExporter), "Debian's prometheus-node-exporter is not installed");
        using var folder = new TemporaryFolder();
        await using var hook = await Webhook.StartAsync();
        int port = Ports.Free();
        using var exporter = Process.Start(NodeExporter, ["--web.listen-address=127.0.0.1:" + port.ToString(CultureInfo.InvariantCulture), "--log.level=error", .. UpstreamDefaults]);
        try
        {
            string config = folder.File("pipeline.yaml", ConfigWith(hook, port));
            string data = Path.Combine(folder.Path, "data");
            double lastTime, samples;
            await using (var server = await ServerProcess.StartAsync(config, data))
            {
                await SeesTheMachineAsync(server);
                await AlertArrivesAsync(server, hook);
                lastTime = await server.NumberAsync("max(timestamp(pushed_value))");
                samples = await server.NumberAsync(AllSamples, lastTime);
                await server.KillAsync();
            }
            await using (var server = await ServerProcess.StartAsync(config, data))
            {
                Assert.Equal(samples, await server.NumberAsync(AllSamples, lastTime));
                Assert.Equal(41, await server.NumberAsync("max_over_time(pushed_value[10m])", lastTime));
                await ResolveArrivesAsync(server, hook);
                Assert.Equal(0, await server.StopAsync());
            }
        }
        finally
        {
            exporter.Kill();
            await exporter.WaitForExitAsync();
        }
    }

    private static async Task SeesTheMachineAsync(ServerProcess server)
    {
        await Eventually.GetAsync(() => server.NumberAsync("count(up == 1)"), n => n >= 3, "up of host, self and the exporter");
        await Eventually.GetAsync(() => server.NumberAsync("count(rate(node_cpu_seconds_total{job=\"node\"}[1m]))"), n => n > 0, "a rate of the host source");
        var expected = await server.QueryAsync("count by (__name__) ({job=\"exporter\",__name__=~\"node_(cpu_seconds_total|memory_MemTotal_bytes|load1|disk_read_bytes_total|filesystem_size_bytes|network_receive_bytes_total|uname_info|time_seconds)\"})");
        Assert.Equal(8, expected.GetArrayLength());
        foreach (var family in expected.EnumerateArray())
        {
            string name = family.GetProperty("metric").GetProperty("__name__").GetString()!;
            double theirs = double.Parse(family.GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture);
            Assert.Equal(theirs, await server.NumberAsync($"count({name}{{job=\"node\"}})"));
        }
        Assert.Equal(
            await server.NumberAsync("node_memory_MemTotal_bytes{job=\"exporter\"}"),
            await server.NumberAsync("node_memory_MemTotal_bytes{job=\"node\"}"));
    }

    private static async Task AlertArrivesAsync(ServerProcess server, Webhook hook)
    {
        await Eventually.GetAsync(() => hook.HasAsync("Watchdog", "firing"), seen => seen, "the watchdog at the webhook");
        await PushAsync(server, 41);
        await Eventually.GetAsync(() => hook.HasAsync("PushedHigh", "firing"), seen => seen, "the alert of the push at the webhook");
    }

    private static async Task ResolveArrivesAsync(ServerProcess server, Webhook hook)
    {
        await PushAsync(server, 1);
        await Eventually.GetAsync(() => hook.HasAsync("PushedHigh", "resolved"), seen => seen, "the resolve at the webhook", seconds: 60);
    }

    private static async Task PushAsync(ServerProcess server, int value)
    {
        using var reply = await server.SendAsync(HttpMethod.Put, "/metrics/job/batch", new StringContent($"pushed_value {value}\n"));
        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
    }

    // The default pipeline as it ships, plus a job, a rule and a second receiver of the same messages.
    private static string ConfigWith(Webhook hook, int exporterPort)
    {
        string text = File.ReadAllText(Path.Combine(ProjectFolder.Root, "pipeline.yaml"))
            .Replace("      log_configs: [{}]", $"      log_configs: [{{}}]\n      webhook_configs: [{{url: '{hook.Url}'}}]", StringComparison.Ordinal)
            .Replace("group_wait: 5s", "group_wait: 0s", StringComparison.Ordinal)
            .Replace("group_interval: 1m", "group_interval: 1s", StringComparison.Ordinal)
            .Replace("    - name: always\n", "    - name: pushed\n      interval: 1s\n      rules:\n        - {alert: PushedHigh, expr: pushed_value > 40}\n    - name: always\n", StringComparison.Ordinal);
        return text + $"\nscrape_configs:\n  - job_name: exporter\n    scrape_interval: 1s\n    static_configs: [{{targets: ['127.0.0.1:{exporterPort}']}}]\n";
    }
}
