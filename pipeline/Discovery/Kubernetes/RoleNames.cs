namespace Streamline.Pipeline.Discovery.Kubernetes;

/// <summary>Names of the labels that every kind of object gives under its own name.</summary>
internal sealed class RoleNames(string kind)
{
    public static readonly RoleNames Node = new("node"), Namespace = new("namespace"), Service = new("service"), Pod = new("pod"), Endpoints = new("endpoints"),
        EndpointSlice = new("endpointslice"), Ingress = new("ingress");

    public string Name { get; } = $"{LabelWriter.Prefix}{kind}_name";

    /// <summary>Before the name of a label, in <see cref="MetaNames"/>.</summary>
    public string Label { get; } = $"{kind}_label";

    public string Annotation { get; } = $"{kind}_annotation";
}
