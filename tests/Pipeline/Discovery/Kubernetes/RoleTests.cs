using Streamline.Pipeline.Config;
using Streamline.Pipeline.Discovery;

namespace Streamline.Pipeline.Tests.Discovery.Kubernetes;

/// <summary>Groups and labels of each role, whole, as Prometheus's page on kubernetes_sd_config lists them.</summary>
public sealed class RoleTests : IAsyncLifetime
{
    private const string PodLabels = """
        ~pod_annotation_note__=y="1"
        ~pod_annotationpresent_note__=true
        ~pod_controller_kind=ReplicaSet
        ~pod_controller_name=front-abc
        ~pod_host_ip=1.2.3.4
        ~pod_ip=10.0.0.9
        ~pod_label_app=front
        ~pod_label_pod_template_hash=abc
        ~pod_labelpresent_app=true
        ~pod_labelpresent_pod_template_hash=true
        ~pod_name=front-1
        ~pod_node_name=n1
        ~pod_phase=Running
        ~pod_ready=true
        ~pod_uid=uid-front-1
        """;

    private const string ServiceLabels = """
        ~service_annotation_prometheus_io_scrape=true
        ~service_annotationpresent_prometheus_io_scrape=true
        ~service_label_app_kubernetes_io_name=front
        ~service_labelpresent_app_kubernetes_io_name=true
        ~service_name=front
        """;

    private Cluster _cluster = null!;

    public async ValueTask InitializeAsync() => _cluster = await Cluster.StartAsync();

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task Node_KubeletAndItsLabels()
    {
        _cluster.Server.Put("nodes", Objects.Node());
        Assert.Equal(
            """
            node/n1
            ~node_annotation_node_alpha_ttl=0
            ~node_annotationpresent_node_alpha_ttl=true
            ~node_condition_example_com_odd_one=unknown
            ~node_condition_memorypressure=false
            ~node_condition_ready=true
            ~node_label_kubernetes_io_os=linux
            ~node_label_zone=a
            ~node_labelpresent_kubernetes_io_os=true
            ~node_labelpresent_zone=true
            ~node_name=n1
            ~node_provider_id=aws:///eu/i-1
            - 1.2.3.4:10250
              ~node_address_ExternalIP=5.6.7.8
              ~node_address_Hostname=n1.lan
              ~node_address_InternalIP=1.2.3.4
              instance=n1
            """, Cluster.Text(await OneAsync(KubernetesRole.Node)));
    }

    [Theory]
    [InlineData("InternalDNS ExternalIP", "InternalDNS")]
    [InlineData("Hostname LegacyHostIP", "LegacyHostIP")]
    [InlineData("Hostname ExternalDNS", "ExternalDNS")]
    [InlineData("Hostname", "Hostname")]
    public async Task Node_AddressByOrderOfTypes(string types, string chosen)
    {
        string addresses = string.Join(',', types.Split(' ').Select(type => $$"""{"type": "{{type}}", "address": "at-{{type}}"}"""));
        _cluster.Server.Put("nodes", """{"metadata": {"name": "odd"}, "status": {"addresses": [{"type": "Unknown", "address": "x"}]}}""");
        _cluster.Server.Put("nodes", $$"""{"metadata": {"name": "n"}, "status": {"addresses": [{{addresses}}], "daemonEndpoints": {"kubeletEndpoint": {"Port": 1} } } }""");
        Assert.Equal($"at-{chosen}:1", (await OneAsync(KubernetesRole.Node)).Targets[0]["__address__"]);
    }

    [Fact]
    public async Task Service_TargetForEachPort()
    {
        _cluster.Server.Put("services", Objects.Service());
        Assert.Equal(
            $"""
            svc/web/front
            ~namespace=web
            {ServiceLabels}
            - front.web.svc:53
              ~service_cluster_ip=10.1.1.1
              ~service_port_name=
              ~service_port_number=53
              ~service_port_protocol=UDP
              ~service_type=ClusterIP
            - front.web.svc:80
              ~service_cluster_ip=10.1.1.1
              ~service_port_name=http
              ~service_port_number=80
              ~service_port_protocol=TCP
              ~service_type=ClusterIP
            """, Cluster.Text(await OneAsync(KubernetesRole.Service)));
    }

    [Theory]
    [InlineData("""
        "type": "ExternalName", "externalName": "db.example.org", "clusterIP": "10.1.1.1"
        """, "~service_external_name=db.example.org")]
    [InlineData("""
        "type": "LoadBalancer", "loadBalancerIP": "9.9.9.9", "clusterIP": "10.1.1.1"
        """, "~service_cluster_ip=10.1.1.1 ~service_loadbalancer_ip=9.9.9.9")]
    [InlineData("""
        "type": "ClusterIP", "clusterIP": "None"
        """, "~service_cluster_ip=None")]
    public async Task Service_AddressesByType(string spec, string labels)
    {
        _cluster.Server.Put("services", Objects.Service(spec: spec));
        string text = Cluster.Text(await OneAsync(KubernetesRole.Service));
        var found = text.Split('\n').Select(line => line.Trim()).Where(line => line.StartsWith("~service_cluster", StringComparison.Ordinal) || line.StartsWith("~service_ext", StringComparison.Ordinal) || line.StartsWith("~service_load", StringComparison.Ordinal));
        Assert.Equal(labels, string.Join(' ', found.Distinct()));
    }

    [Fact]
    public async Task Pod_TargetForEachPortOfEachContainer()
    {
        _cluster.Server.Put("pods", Objects.Pod());
        _cluster.Server.Put("pods", Objects.Pod("starting", ip: ""));
        Assert.Equal(
            $"""
            pod/web/front-1
            ~namespace=web
            {PodLabels}
            - 10.0.0.9
              ~pod_container_id=containerd://s1
              ~pod_container_image=side:3
              ~pod_container_init=false
              ~pod_container_name=side
            - 10.0.0.9:7000
              ~pod_container_id=containerd://i1
              ~pod_container_image=busybox:1
              ~pod_container_init=true
              ~pod_container_name=setup
              ~pod_container_port_name=early
              ~pod_container_port_number=7000
              ~pod_container_port_protocol=TCP
            - 10.0.0.9:8080
              ~pod_container_id=containerd://m1
              ~pod_container_image=front:2
              ~pod_container_init=false
              ~pod_container_name=main
              ~pod_container_port_name=http
              ~pod_container_port_number=8080
              ~pod_container_port_protocol=TCP
            - 10.0.0.9:9090
              ~pod_container_id=containerd://m1
              ~pod_container_image=front:2
              ~pod_container_init=false
              ~pod_container_name=main
              ~pod_container_port_name=metrics
              ~pod_container_port_number=9090
              ~pod_container_port_protocol=TCP
            """, Cluster.Text(await OneAsync(KubernetesRole.Pod)));
    }

    [Fact]
    public async Task Pod_WithoutStatusesAndConditions()
    {
        _cluster.Server.Put("pods", """{"metadata": {"name": "p", "namespace": "d", "uid": "u"}, "spec": {"containers": [{"name": "c", "image": "i", "ports": null}], "initContainers": null}, "status": {"podIP": "fd00::7"}}""");
        Assert.Equal(
            """
            pod/d/p
            ~namespace=d
            ~pod_host_ip=
            ~pod_ip=fd00::7
            ~pod_name=p
            ~pod_node_name=
            ~pod_phase=
            ~pod_ready=unknown
            ~pod_uid=u
            - fd00::7
              ~pod_container_id=
              ~pod_container_image=i
              ~pod_container_init=false
              ~pod_container_name=c
            """, Cluster.Text(await OneAsync(KubernetesRole.Pod)));
    }

    [Fact]
    public async Task Endpoints_AddressesThenWhatPodsOfferBesides()
    {
        _cluster.Server.Put("pods", Objects.Pod());
        _cluster.Server.Put("services", Objects.Service());
        _cluster.Server.Put("endpoints", Objects.Endpoints());
        Assert.Equal(
            $"""
            endpoints/web/front
            ~endpoints_label_e=1
            ~endpoints_labelpresent_e=true
            ~endpoints_name=front
            ~namespace=web
            {ServiceLabels}
            - 10.0.0.9:7000
            {Offered("busybox:1", "true", "setup", "early", 7000)}
            - 10.0.0.9:8080
              ~endpoint_address_target_kind=Pod
              ~endpoint_address_target_name=front-1
              ~endpoint_node_name=n1
              ~endpoint_port_name=web
              ~endpoint_port_protocol=TCP
              ~endpoint_ready=true
            {Offered("front:2", "false", "main", "http", 8080)}
            - 10.0.0.9:9090
            {Offered("front:2", "false", "main", "metrics", 9090)}
            - 10.9.9.9:8080
              ~endpoint_hostname=outside
              ~endpoint_port_name=web
              ~endpoint_port_protocol=TCP
              ~endpoint_ready=true
            - [fd00::1]:8080
              ~endpoint_address_target_kind=Node
              ~endpoint_address_target_name=n1
              ~endpoint_port_name=web
              ~endpoint_port_protocol=TCP
              ~endpoint_ready=false
            """, Cluster.Text(await OneAsync(KubernetesRole.Endpoints)));
    }

    [Fact]
    public async Task EndpointSlice_AddressesThenWhatPodsOfferBesides()
    {
        _cluster.Server.Put("pods", Objects.Pod());
        _cluster.Server.Put("services", Objects.Service());
        _cluster.Server.Put("endpointslices", Objects.Slice());
        _cluster.Server.Put("endpointslices", """{"metadata": {"name": "none", "namespace": "web"}, "addressType": "IPv4", "endpoints": null, "ports": null}""");
        string other = """
              ~endpointslice_endpoint_conditions_ready=false
              ~endpointslice_endpoint_hostname=outside
              ~endpointslice_endpoint_topology_kubernetes_io_hostname=h1
              ~endpointslice_endpoint_topology_present_kubernetes_io_hostname=true
              ~endpointslice_port=8080
              ~endpointslice_port_app_protocol=http
              ~endpointslice_port_name=web
              ~endpointslice_port_protocol=TCP
            """;
        Assert.Equal(
            $"""
            endpointslice/web/front-x1
            ~endpointslice_address_type=IPv4
            ~endpointslice_annotation_a=b
            ~endpointslice_annotationpresent_a=true
            ~endpointslice_label_kubernetes_io_service_name=front
            ~endpointslice_labelpresent_kubernetes_io_service_name=true
            ~endpointslice_name=front-x1
            ~namespace=web
            {ServiceLabels}
            - 10.0.0.9:7000
            {Offered("busybox:1", "true", "setup", "early", 7000)}
            - 10.0.0.9:8080
              ~endpointslice_address_target_kind=Pod
              ~endpointslice_address_target_name=front-1
              ~endpointslice_endpoint_conditions_ready=true
              ~endpointslice_endpoint_conditions_serving=true
              ~endpointslice_endpoint_conditions_terminating=false
              ~endpointslice_endpoint_node_name=n1
              ~endpointslice_endpoint_zone=eu-1a
              ~endpointslice_port=8080
              ~endpointslice_port_app_protocol=http
              ~endpointslice_port_name=web
              ~endpointslice_port_protocol=TCP
            {Offered("front:2", "false", "main", "http", 8080)}
            - 10.0.0.9:9090
            {Offered("front:2", "false", "main", "metrics", 9090)}
            - 10.9.9.9:8080
            {other}
            - [fd00::1]:8080
            {other}
            """, Cluster.Text(await OneAsync(KubernetesRole.EndpointSlice)));
    }

    [Fact]
    public async Task EndpointSlice_OfTheSecondFamily_GivesNoTargets()
    {
        _cluster.Server.Put("services", Objects.Service(spec: """ "type": "ClusterIP", "ipFamilyPolicy": "PreferDualStack", "ipFamilies": ["IPv4", "IPv6"] """));
        _cluster.Server.Put("endpointslices", Objects.Slice("four"));
        _cluster.Server.Put("endpointslices", Objects.Slice("six", type: "IPv6"));
        Assert.Equal("endpointslice/web/four", (await OneAsync(KubernetesRole.EndpointSlice)).Source);
    }

    [Fact]
    public async Task Ingress_TargetForEachPath()
    {
        _cluster.Server.Put("ingresses", Objects.Ingress());
        Assert.Equal(
            """
            ingress/web/door
            ~ingress_annotation_an_no=2
            ~ingress_annotationpresent_an_no=true
            ~ingress_class_name=nginx
            ~ingress_label_l=1
            ~ingress_labelpresent_l=true
            ~ingress_name=door
            ~namespace=web
            - a.example.org
              ~ingress_host=a.example.org
              ~ingress_path=/x
              ~ingress_scheme=https
            - a.example.org
              ~ingress_host=a.example.org
              ~ingress_path=/
              ~ingress_scheme=https
            """, Cluster.Text(await OneAsync(KubernetesRole.Ingress)));
    }

    [Theory]
    [InlineData("""{"host": "a.example.org"}""", "https:a.example.org/")]
    [InlineData("""{"host": "sole"}""", "https:sole/")]
    [InlineData("""{"host": "a.b.example.org"}""", "http:a.b.example.org/")]
    [InlineData("""{"host": "example.org", "http": {"paths": [{"path": "/p"}]}}""", "http:example.org/p")]
    [InlineData("""{"http": {"paths": [{"path": "/p"}]}}""", "http:/p")]
    public async Task Ingress_SchemeByTlsHosts(string rule, string expected)
    {
        _cluster.Server.Put("ingresses", Objects.Ingress(rules: rule));
        var target = Assert.Single((await OneAsync(KubernetesRole.Ingress)).Targets);
        Assert.Equal(expected, $"{target["__meta_kubernetes_ingress_scheme"]}:{target["__meta_kubernetes_ingress_host"]}{target["__meta_kubernetes_ingress_path"]}");
    }

    // A port of a container with its pod, as endpoints and slices show it. Labels stand in order of their names: those of the container amid the pod's.
    private static string Offered(string image, string init, string container, string port, int number)
    {
        string[] pod = PodLabels.Split('\n');
        string[] own =
        [
            $"~pod_container_image={image}", $"~pod_container_init={init}", $"~pod_container_name={container}",
            $"~pod_container_port_name={port}", $"~pod_container_port_number={number}", "~pod_container_port_protocol=TCP",
        ];
        return "  " + string.Join("\n  ", [.. pod.Take(2), .. own, .. pod.Skip(2)]);
    }

    private async Task<TargetGroup> OneAsync(KubernetesRole role)
    {
        _cluster.Subscribe(Cluster.Config(role));
        return Assert.Single(await _cluster.NextAsync());
    }
}
