using System.Globalization;
using Streamline.Pipeline.Config;
using Streamline.Pipeline.Tests.Scrape;

namespace Streamline.Pipeline.Tests.Discovery.Kubernetes;

/// <summary>A job that finds its targets in a cluster.</summary>
public sealed class JobTests
{
    [Fact]
    public async Task Pod_IsFound_Scraped_AndGone()
    {
        await using var target = await HttpTarget.StartAsync("requests_total 7\n");
        await using var server = await ApiServer.StartAsync();
        await using var bench = new ScrapeBench();
        var address = new Uri("http://" + target.Address);
        server.Put("pods", Objects.Pod(ip: address.Host).Replace("9090", address.Port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));
        var job = bench.Start(ScrapeBench.Job() with
        {
            Discovery = new DiscoveryConfig { KubernetesSdConfigs = [new KubernetesSdConfig { Role = KubernetesRole.Pod, ApiServer = server.Address }] },
            RelabelConfigs =
            [
                new RelabelConfig { SourceLabels = ["__meta_kubernetes_pod_container_port_name"], Regex = "metrics", Action = RelabelAction.Keep },
                new RelabelConfig { SourceLabels = ["__meta_kubernetes_pod_name"], TargetLabel = "pod" },
            ],
        });
        await bench.Synced.UntilAsync(() => job.TargetCount == 1);
        // Time moves only while nothing of the cluster is under way.
        await server.Signal.UntilAsync(() => server.OpenWatches == 1);
        Assert.Empty(job.Status().Errors);
        await bench.TickAsync();
        Assert.Equal("requests_total,job=job,pod=front-1 7", Assert.Single(bench.Samples("requests_total")));
        // The tick was longer ago than updates are held back.
        server.Delete("pods", "web/front-1");
        await bench.Synced.UntilAsync(() => job.TargetCount == 0);
    }

    [Fact]
    public async Task ClusterThatFails_IsShownOnTheJob()
    {
        await using var server = await ApiServer.StartAsync();
        await using var bench = new ScrapeBench();
        server.Refusals["pods"] = (403, "no");
        var config = new KubernetesSdConfig { Role = KubernetesRole.Pod, ApiServer = server.Address };
        var job = bench.Start(ScrapeBench.Job("127.0.0.1:1") with { Discovery = new DiscoveryConfig { StaticConfigs = [new StaticConfig { Targets = ["127.0.0.1:1"] }], KubernetesSdConfigs = [config] } });
        await bench.Synced.UntilAsync(() => job.TargetCount == 1);
        Assert.Equal("kubernetes_sd_configs: pods: list pods: HTTP status 403: no; its account needs a role with the verbs list and watch for pods", Assert.Single(Assert.Single(bench.Manager.Pools()).Errors));
    }
}
