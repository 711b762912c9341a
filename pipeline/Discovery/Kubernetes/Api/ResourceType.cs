using System.Text.Json.Serialization.Metadata;

namespace Streamline.Pipeline.Discovery.Kubernetes;

/// <summary>Where a kind stands in the API, and how its objects are read.</summary>
internal sealed record ResourceType(ResourceKind Kind, string Root, string Plural, bool IsNamespaced, JsonTypeInfo Json)
{
    public static ResourceType Of(ResourceKind kind) => kind switch
    {
        ResourceKind.Node => new(kind, "api/v1", "nodes", false, KubernetesJson.Default.Node),
        ResourceKind.Namespace => new(kind, "api/v1", "namespaces", false, KubernetesJson.Default.KubernetesObject),
        ResourceKind.Service => new(kind, "api/v1", "services", true, KubernetesJson.Default.Service),
        ResourceKind.Pod => new(kind, "api/v1", "pods", true, KubernetesJson.Default.Pod),
        ResourceKind.Endpoints => new(kind, "api/v1", "endpoints", true, KubernetesJson.Default.Endpoints),
        ResourceKind.EndpointSlice => new(kind, "apis/discovery.k8s.io/v1", "endpointslices", true, KubernetesJson.Default.EndpointSlice),
        ResourceKind.Ingress => new(kind, "apis/networking.k8s.io/v1", "ingresses", true, KubernetesJson.Default.Ingress),
        ResourceKind.ReplicaSet => new(kind, "apis/apps/v1", "replicasets", true, KubernetesJson.Default.KubernetesObject),
        ResourceKind.Job => new(kind, "apis/batch/v1", "jobs", true, KubernetesJson.Default.KubernetesObject),
    };
}
