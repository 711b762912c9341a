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
        Assert.Empty(job.Errors);
        await UntilAsync(() => job.TargetCount == 1);
        await bench.TickAsync();
        Assert.Equal("requests_total,job=job,pod=front-1 7", Assert.Single(bench.Samples("requests_total")));
        server.Delete("pods", "web/front-1");
        await UntilAsync(() =>
        {
            bench.Time.Advance(TimeSpan.FromSeconds(1));
            return job.TargetCount == 0;
        });
    }

    private static async Task UntilAsync(Func<bool> isSo)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        while (!isSo()) await Task.Delay(10, patience.Token);
    }
}
