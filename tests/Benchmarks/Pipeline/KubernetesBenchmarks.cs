using System.Buffers;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using BenchmarkDotNet.Attributes;
using Streamline.Pipeline.Config;
using Streamline.Pipeline.Discovery;
using Streamline.Pipeline.Discovery.Kubernetes;

namespace Streamline.Benchmarks.Pipeline;

/// <summary>A cluster of 10,000 pods, 3 ports each: its list, the first groups and targets, and what the change of one pod costs.</summary>
[MemoryDiagnoser]
public class KubernetesBenchmarks
{
    private const int Pods = 10_000, PerPage = 500;

    private static readonly ResourceType Type = ResourceType.Of(ResourceKind.Pod);

    private readonly KubernetesMetrics _metrics = new(new Meter("benchmark"));
    private readonly List<byte[]> _pages = [];
    private readonly ReadOnlySequence<byte>[] _events = [Event("Failed"), Event("Running")];
    private List<KubernetesObject> _objects = [];
    private ClusterState _state = null!;
    private TargetBuilder _builder = null!;
    private int _turn;

    [GlobalSetup]
    public void Setup()
    {
        for (int i = 0; i < Pods; i += PerPage)
            _pages.Add(Encoding.UTF8.GetBytes($$$"""{"metadata": {"resourceVersion": "1"}, "items": [{{{string.Join(',', Enumerable.Range(i, PerPage).Select(n => Pod(n, "Running", 1)))}}}]}"""));
        _objects = Read();
        _state = State();
        _state.Replace(ResourceKind.Pod, "", _objects);
        _state.TryTake(out var groups);
        _builder = Builder();
        _builder.Build(groups);
    }

    [Benchmark]
    public int ReadList() => Read().Count;

    private List<KubernetesObject> Read()
    {
        var objects = new List<KubernetesObject>();
        foreach (byte[] page in _pages) ApiReader.ReadPage(page, Type.Json, objects);
        return objects;
    }

    [Benchmark]
    public int FirstGroups()
    {
        var state = State();
        state.Replace(ResourceKind.Pod, "", _objects);
        state.TryTake(out var groups);
        return groups.Count;
    }

    [Benchmark]
    public int FirstTargets()
    {
        var state = State();
        state.Replace(ResourceKind.Pod, "", _objects);
        state.TryTake(out var groups);
        return Builder().Build(groups).Active.Count;
    }

    [Benchmark]
    public int OnePodChanges_Groups() => Change().Count;

    [Benchmark]
    public int OnePodChanges_Targets() => _builder.Build(Change()).Active.Count;

    private IReadOnlyList<TargetGroup> Change()
    {
        var read = ApiReader.ReadEvent(_events[_turn++ & 1], Type.Json)!.Value;
        _state.Apply(ResourceKind.Pod, [read]);
        return _state.TryTake(out var groups) ? groups : throw new InvalidOperationException("nothing changed");
    }

    private ClusterState State() => new(TargetRole.Of(KubernetesRole.Pod, new KubernetesAttachConfig()), _metrics);

    private static TargetBuilder Builder() => new(new ScrapeConfig
    {
        JobName = "pods",
        ScrapeInterval = TimeSpan.FromSeconds(15),
        ScrapeTimeout = TimeSpan.FromSeconds(10),
        RelabelConfigs =
        [
            new RelabelConfig { SourceLabels = ["__meta_kubernetes_pod_container_port_name"], Regex = "metrics", Action = RelabelAction.Keep },
            new RelabelConfig { SourceLabels = ["__meta_kubernetes_namespace"], TargetLabel = "namespace" },
            new RelabelConfig { SourceLabels = ["__meta_kubernetes_pod_name"], TargetLabel = "pod" },
            new RelabelConfig { SourceLabels = ["__meta_kubernetes_pod_phase"], TargetLabel = "phase" },
            new RelabelConfig { Regex = "__meta_kubernetes_pod_label_(.+)", Action = RelabelAction.LabelMap },
        ],
    });

    private static ReadOnlySequence<byte> Event(string phase) => new(Encoding.UTF8.GetBytes($$$"""{"type": "MODIFIED", "object": {{{Pod(17, phase, 2)}}}}"""));

    private static string Pod(int n, string phase, int version)
    {
        // What a kubelet and a deployment write down besides, which nobody reads here.
        string managed = string.Join(',', Enumerable.Range(0, 40).Select(i => string.Create(CultureInfo.InvariantCulture, $$"""{"manager": "m{{i}}", "operation": "Update", "fieldsV1": {"f:metadata": {"f:labels": {".": {}, "f:app": {} } } } }""")));
        string ip = string.Create(CultureInfo.InvariantCulture, $"10.{n / 65536}.{n / 256 % 256}.{n % 256}");
        string @namespace = string.Create(CultureInfo.InvariantCulture, $"team-{n % 50}"), app = string.Create(CultureInfo.InvariantCulture, $"app-{n % 1000}");
        return string.Create(CultureInfo.InvariantCulture, $$"""
            {"metadata": {"name": "{{app}}-7d9f-{{n}}", "namespace": "{{@namespace}}", "uid": "0b2d-{{n}}", "resourceVersion": "{{version}}",
              "labels": {"app": "{{app}}", "app.kubernetes.io/name": "{{app}}", "app.kubernetes.io/instance": "{{app}}", "app.kubernetes.io/version": "1.2.3", "app.kubernetes.io/managed-by": "Helm",
                "helm.sh/chart": "chart-1.2.3", "pod-template-hash": "7d9f", "team": "{{@namespace}}"},
              "annotations": {"prometheus.io/scrape": "true", "prometheus.io/port": "9090", "checksum/config": "c0ffee{{n % 1000}}", "kubectl.kubernetes.io/restartedAt": "2026-01-01T00:00:00Z"},
              "ownerReferences": [{"kind": "ReplicaSet", "name": "{{app}}-7d9f", "controller": true}], "managedFields": [{{managed}}]},
             "spec": {"nodeName": "node-{{n % 200}}", "containers": [
               {"name": "main", "image": "registry.example.org/{{app}}:1.2.3", "resources": {"limits": {"cpu": "1"} }, "ports": [
                 {"name": "http", "containerPort": 8080, "protocol": "TCP"}, {"name": "metrics", "containerPort": 9090, "protocol": "TCP"}]},
               {"name": "proxy", "image": "registry.example.org/proxy:9", "ports": [{"name": "admin", "containerPort": 15000, "protocol": "TCP"}]}]},
             "status": {"phase": "{{phase}}", "podIP": "{{ip}}", "hostIP": "192.168.0.{{n % 200}}", "conditions": [{"type": "Ready", "status": "True"}],
               "containerStatuses": [{"name": "main", "containerID": "containerd://{{n}}a"}, {"name": "proxy", "containerID": "containerd://{{n}}b"}]} }
            """);
    }
}
