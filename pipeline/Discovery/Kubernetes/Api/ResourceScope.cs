namespace Streamline.Pipeline.Discovery.Kubernetes;

/// <summary>What one list and its watch cover.</summary>
/// <param name="Type">The kind.</param>
/// <param name="Namespace">One namespace; empty for all, and for objects of the cluster.</param>
/// <param name="LabelSelector">Which of them by their labels; empty for all.</param>
/// <param name="FieldSelector">Which of them by their fields; empty for all.</param>
internal sealed record ResourceScope(ResourceType Type, string Namespace, string LabelSelector, string FieldSelector)
{
    /// <summary>The address below the server's.</summary>
    public string Path => Namespace.Length == 0 ? $"{Type.Root}/{Type.Plural}" : $"{Type.Root}/namespaces/{Uri.EscapeDataString(Namespace)}/{Type.Plural}";

    /// <summary>The selectors as parameters of a request.</summary>
    public string Selection =>
        (LabelSelector.Length == 0 ? "" : "&labelSelector=" + Uri.EscapeDataString(LabelSelector)) + (FieldSelector.Length == 0 ? "" : "&fieldSelector=" + Uri.EscapeDataString(FieldSelector));

    /// <summary>For people: <c>pods in namespace "a"</c>.</summary>
    public override string ToString() => Namespace.Length == 0 ? Type.Plural : $"{Type.Plural} in namespace \"{Namespace}\"";
}
