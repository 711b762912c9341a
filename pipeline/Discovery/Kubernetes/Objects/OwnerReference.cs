namespace Streamline.Pipeline.Discovery.Kubernetes;

/// <summary>An owner of an object.</summary>
internal sealed class OwnerReference
{
    public string Kind { get; set; } = "";

    public string Name { get; set; } = "";

    public bool Controller { get; set; }
}
