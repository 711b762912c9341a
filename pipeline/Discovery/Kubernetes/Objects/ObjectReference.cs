namespace Streamline.Pipeline.Discovery.Kubernetes;

/// <summary>The object behind an address.</summary>
internal sealed class ObjectReference
{
    public string Kind { get; set; } = "";

    public string Name { get; set; } = "";

    public string Namespace { get; set; } = "";

    /// <summary>The key of the pod that it names, or null.</summary>
    public string? PodKey => Kind == "Pod" ? KubernetesObject.KeyOf(Namespace, Name) : null;
}
