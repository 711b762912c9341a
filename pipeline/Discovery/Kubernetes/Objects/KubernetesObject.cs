namespace Streamline.Pipeline.Discovery.Kubernetes;

/// <summary>An object of the API: of its kind's own fields only those that labels are made of. By itself a namespace, a replica set, a job or a bookmark.</summary>
internal class KubernetesObject
{
    public ObjectMeta Metadata { get; set; } = new();

    /// <summary>namespace/name, or the name alone for objects of the cluster.</summary>
    public string Key => field ??= Metadata.Namespace.Length == 0 ? Metadata.Name : KeyOf(Metadata.Namespace, Metadata.Name);

    public static string KeyOf(string @namespace, string name) => $"{@namespace}/{name}";
}
