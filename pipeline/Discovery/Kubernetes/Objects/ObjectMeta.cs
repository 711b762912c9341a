namespace Streamline.Pipeline.Discovery.Kubernetes;

/// <summary>What every object says about itself, as far as labels are made of it. Properties are set by the JSON reader only.</summary>
internal sealed class ObjectMeta
{
    public string Name { get; set; } = "";

    /// <summary>Empty for objects of the cluster: nodes and namespaces.</summary>
    public string Namespace { get; set; } = "";

    public string Uid { get; set; } = "";

    public string ResourceVersion { get; set; } = "";

    /// <summary>Next page of a list.</summary>
    public string Continue { get; set; } = "";

    public NamedText[]? Labels { get; set; }

    public NamedText[]? Annotations { get; set; }

    public OwnerReference[]? OwnerReferences { get; set; }

    /// <summary>The owner that manages the object, if one does.</summary>
    public OwnerReference? Controller => Array.Find(OwnerReferences ?? [], owner => owner.Controller);

    /// <summary>The value of a label; null without it.</summary>
    public string? Label(string name)
    {
        foreach (var label in Labels ?? [])
        {
            if (label.Name == name) return label.Value;
        }
        return null;
    }
}
