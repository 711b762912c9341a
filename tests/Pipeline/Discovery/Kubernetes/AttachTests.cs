using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Tests.Discovery.Kubernetes;

/// <summary>What other objects add to targets: attach_metadata, and services and pods of endpoints. Each changes its groups when it changes.</summary>
public sealed class AttachTests : IAsyncLifetime
{
    private Cluster _cluster = null!;

    private ApiServer Server => _cluster.Server;

    public async ValueTask InitializeAsync() => _cluster = await Cluster.StartAsync();

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task PodsNode_AddsItsLabels_AndDecides()
    {
        Server.Put("pods", Objects.Pod("a"));
        Server.Put("pods", Objects.Pod("b", node: "n2"));
        Server.Put("nodes", Objects.Node("n1"));
        _cluster.Subscribe(Cluster.Config(KubernetesRole.Pod) with { AttachMetadata = new KubernetesAttachConfig { Node = true } });
        // The node of b is not known.
        var first = await _cluster.UntilSourcesAsync("pod/web/a");
        Assert.Equal("node_annotation_node_alpha_ttl=0 node_annotationpresent_node_alpha_ttl=true node_label_kubernetes_io_os=linux node_label_zone=a node_labelpresent_kubernetes_io_os=true "
            + "node_labelpresent_zone=true node_name=n1", Labels(first[0].Labels, "node_"));
        Server.Put("nodes", Objects.Node("n2", ", \"k\": \"v\""));
        var both = await _cluster.UntilSourcesAsync("pod/web/a", "pod/web/b");
        Assert.Same(first[0], both.Single(g => g.Source == "pod/web/a"));
        Server.Put("nodes", Objects.Node("n1", ", \"new\": \"yes\""));
        await _cluster.UntilAsync(groups => groups.Any(g => g.Labels.GetValueOrDefault("__meta_kubernetes_node_label_new") == "yes"));
        Server.Delete("nodes", "n2");
        await _cluster.UntilSourcesAsync("pod/web/a");
    }

    [Fact]
    public async Task PodsOwners_DeploymentJobAndCronJob()
    {
        Server.Put("replicasets", Objects.Owned("front-abc", "Deployment/front"));
        Server.Put("jobs", Objects.Owned("nightly-1", "CronJob/nightly"));
        Server.Put("pods", Objects.Pod("a"));
        Server.Put("pods", Objects.Pod("b", owner: "Job/nightly-1"));
        Server.Put("pods", Objects.Pod("c", owner: "Job/once"));
        Server.Put("pods", Objects.Pod("d", owner: "ReplicaSet/late"));
        _cluster.Subscribe(Cluster.Config(KubernetesRole.Pod) with { AttachMetadata = new KubernetesAttachConfig { Deployment = true, Job = true, Cronjob = true } });
        var first = await _cluster.UntilAsync(groups => groups.Count == 4);
        Assert.Equal(
            ["pod/web/a pod_deployment_name=front", "pod/web/b pod_cronjob_name=nightly pod_job_name=nightly-1", "pod/web/c pod_job_name=once", "pod/web/d "],
            first.OrderBy(g => g.Source, StringComparer.Ordinal).Select(g => $"{g.Source} {Labels(g.Labels, "pod_deployment_", "pod_job_", "pod_cronjob_")}"));
        Server.Put("replicasets", Objects.Owned("late", "Deployment/later"));
        await _cluster.UntilAsync(groups => groups.Any(g => g.Labels.GetValueOrDefault("__meta_kubernetes_pod_deployment_name") == "later"));
        Assert.Contains("/apis/apps/v1/replicasets?limit=500", Server.Requests);
        Assert.Contains("/apis/batch/v1/jobs?limit=500", Server.Requests);
    }

    [Theory]
    [InlineData((int)KubernetesRole.Pod, "pods")]
    [InlineData((int)KubernetesRole.Service, "services")]
    [InlineData((int)KubernetesRole.Endpoints, "endpoints")]
    [InlineData((int)KubernetesRole.EndpointSlice, "endpointslices")]
    [InlineData((int)KubernetesRole.Ingress, "ingresses")]
    public async Task Namespace_AddsItsLabels(int role, string plural)
    {
        Server.Put("namespaces", Objects.Namespace());
        Server.Put(plural, plural switch
        {
            "pods" => Objects.Pod(),
            "services" => Objects.Service(),
            "endpoints" => Objects.Endpoints(),
            "endpointslices" => Objects.Slice(),
            _ => Objects.Ingress(),
        });
        _cluster.Subscribe(Cluster.Config((KubernetesRole)role) with { AttachMetadata = new KubernetesAttachConfig { Namespace = true } });
        var group = Assert.Single(await _cluster.NextAsync());
        Assert.Equal("namespace=web namespace_annotation_cost_centre=7 namespace_annotationpresent_cost_centre=true namespace_label_team=blue namespace_labelpresent_team=true", Labels(group.Labels, "namespace"));
        Server.Put("namespaces", Objects.Namespace(team: "red"));
        await _cluster.UntilAsync(groups => groups.Single().Labels["__meta_kubernetes_namespace_label_team"] == "red");
    }

    [Theory]
    [InlineData((int)KubernetesRole.Endpoints)]
    [InlineData((int)KubernetesRole.EndpointSlice)]
    public async Task Addresses_FollowTheirServicePodsAndNodes(int role)
    {
        Server.Put("endpoints", Objects.Endpoints());
        Server.Put("endpointslices", Objects.Slice());
        _cluster.Subscribe(Cluster.Config((KubernetesRole)role) with { AttachMetadata = new KubernetesAttachConfig { Node = true } });
        Assert.Equal("", Labels(Assert.Single(await _cluster.NextAsync()).Labels, "service_"));
        Server.Put("services", Objects.Service());
        await _cluster.UntilAsync(groups => groups[0].Labels.GetValueOrDefault("__meta_kubernetes_service_name") == "front");
        Server.Put("pods", Objects.Pod(phase: "Pending"));
        await _cluster.UntilAsync(groups => groups[0].Targets.Count(t => t.GetValueOrDefault("__meta_kubernetes_pod_phase") == "Pending") == 3);
        Server.Put("pods", Objects.Pod(phase: "Running"));
        await _cluster.UntilAsync(groups => groups[0].Targets.Count(t => t.GetValueOrDefault("__meta_kubernetes_pod_phase") == "Running") == 3);
        Server.Put("nodes", Objects.Node());
        var groups = await _cluster.UntilAsync(groups => groups[0].Targets.Any(t => t.ContainsKey("__meta_kubernetes_node_name")));
        Assert.Equal("n1", groups[0].Targets.Single(t => t["__address__"] == "10.0.0.9:8080")["__meta_kubernetes_node_name"]);
        Server.Delete("services", "web/front");
        await _cluster.UntilAsync(groups => !groups[0].Labels.ContainsKey("__meta_kubernetes_service_name"));
    }

    [Fact]
    public async Task PodThatGoes_LeavesItsLabels_UntilItsAddressGoes()
    {
        Server.Put("pods", Objects.Pod());
        Server.Put("endpoints", Objects.Endpoints());
        Server.Put("services", Objects.Service());
        _cluster.Subscribe(Cluster.Config(KubernetesRole.Endpoints));
        await _cluster.UntilSourcesAsync("endpoints/web/front");
        Server.Delete("pods", "web/front-1");
        Server.Put("endpoints", Objects.Endpoints("other"));
        var groups = await _cluster.UntilSourcesAsync("endpoints/web/front", "endpoints/web/other");
        Assert.Equal(3, groups.Single(g => g.Source == "endpoints/web/front").Targets.Count(t => t.ContainsKey("__meta_kubernetes_pod_name")));
        Server.Put("endpoints", """{"metadata": {"name": "front", "namespace": "web"}}""");
        await _cluster.UntilSourcesAsync("endpoints/web/other");
    }

    [Fact]
    public async Task NodeWithoutAddress_KeepsTheOneItHad()
    {
        Server.Put("nodes", Objects.Node());
        _cluster.Subscribe(Cluster.Config(KubernetesRole.Node));
        var first = await _cluster.UntilSourcesAsync("node/n1");
        Server.Put("nodes", """{"metadata": {"name": "n1"}, "status": {}}""");
        Server.Put("nodes", Objects.Node("n2"));
        var second = await _cluster.UntilSourcesAsync("node/n1", "node/n2");
        Assert.Same(first[0], second.Single(g => g.Source == "node/n1"));
    }

    private static string Labels(IReadOnlyDictionary<string, string> labels, params string[] prefixes) => string.Join(' ', labels
        .Where(l => prefixes.Any(prefix => l.Key.StartsWith("__meta_kubernetes_" + prefix, StringComparison.Ordinal)))
        .Select(l => $"{l.Key["__meta_kubernetes_".Length..]}={l.Value}").Order(StringComparer.Ordinal));
}
