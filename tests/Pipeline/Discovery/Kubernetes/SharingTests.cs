using Streamline.Pipeline.Config;
using Streamline.Pipeline.Discovery;

namespace Streamline.Pipeline.Tests.Discovery.Kubernetes;

/// <summary>Equal configurations ask a server once (reference D2).</summary>
public sealed class SharingTests
{
    [Fact]
    public async Task EqualConfigurations_AreRead_Once()
    {
        await using var cluster = await Cluster.StartAsync();
        cluster.Server.Put("pods", Objects.Pod("a"));
        var discovery = cluster.Discovery();
        var seen = new List<IReadOnlyList<TargetGroup>>();
        KubernetesSdConfig Config(string label) => Cluster.Config(KubernetesRole.Pod) with { ApiServer = cluster.Server.Address, Selectors = [new KubernetesSelectorConfig { Role = KubernetesRole.Pod, Label = label }] };
        using var first = cluster.Listen(discovery.Open(Config("app=front")));
        var groups = await cluster.UntilSourcesAsync("pod/web/a");
        // A job that comes later begins with what is known.
        using var second = discovery.Open(Config("app=front")).Groups.Subscribe(seen.Add);
        Assert.Same(groups, Assert.Single(seen));
        Assert.Single(Lists(cluster));
        using var other = cluster.Listen(discovery.Open(Config("app=back")));
        Assert.Empty(await cluster.NextAsync());
        Assert.Equal(2, Lists(cluster).Count());
        // With its last listener it ends; the next one reads anew.
        first.Dispose();
        second.Dispose();
        using var third = cluster.Listen(discovery.Open(Config("app=front")));
        await cluster.UntilSourcesAsync("pod/web/a");
        Assert.Equal(3, Lists(cluster).Count());
    }

    private static IEnumerable<string> Lists(Cluster cluster) => cluster.Server.Requests.Where(r => !r.Contains("watch=", StringComparison.Ordinal));
}
