using System.Diagnostics.Metrics;

namespace Streamline.Pipeline.Discovery.Kubernetes;

/// <summary>What is counted of all clusters together, under Prometheus's names.</summary>
internal sealed class KubernetesMetrics
{
    public const string Added = "add", Updated = "update", Deleted = "delete";

    private readonly Counter<long> _events;
    private readonly Counter<long> _failures;

    public KubernetesMetrics(Meter meter)
    {
        _events = meter.CreateCounter<long>("prometheus_sd_kubernetes_events_total", null, "Objects of Kubernetes that were added, updated or deleted.");
        _failures = meter.CreateCounter<long>("prometheus_sd_kubernetes_failures_total", null, "Lists and watches of Kubernetes that failed.");
        _failures.Add(0);
        foreach (var kind in Enum.GetValues<ResourceKind>())
        {
            if (RoleOf(kind) is not { } role) continue;
            foreach (string what in (string[])[Added, Updated, Deleted]) Add(role, what, 0);
        }
    }

    /// <summary>Counts an event. Of the kinds that are read besides a role's own, services count, and updates of pods.</summary>
    public void Count(ResourceKind primary, ResourceKind kind, string what)
    {
        bool counts = kind == primary || kind == ResourceKind.Service || (kind == ResourceKind.Pod && what == Updated);
        if (counts && RoleOf(kind) is { } role) Add(role, what, 1);
    }

    public void Failed() => _failures.Add(1);

    private void Add(string role, string what, int count) => _events.Add(count, new KeyValuePair<string, object?>("role", role), new KeyValuePair<string, object?>("event", what));

    private static string? RoleOf(ResourceKind kind) => kind switch
    {
        ResourceKind.Node => "node",
        ResourceKind.Service => "service",
        ResourceKind.Pod => "pod",
        ResourceKind.Endpoints => "endpoints",
        ResourceKind.EndpointSlice => "endpointslice",
        ResourceKind.Ingress => "ingress",
        ResourceKind.Namespace or ResourceKind.ReplicaSet or ResourceKind.Job => null,
    };
}
