using System.Globalization;

namespace Streamline.Pipeline.Discovery.Kubernetes;

/// <summary>
/// Collects the labels of one group or target after another; a name that is set again takes the new value. What more than one role writes stands here. Not thread safe.
/// </summary>
internal sealed class LabelWriter(ClusterObjects objects)
{
    public const string Prefix = "__meta_kubernetes_";
    public const string NamespaceLabel = Prefix + "namespace";

    private readonly MetaNames _names = new();
    private readonly Dictionary<string, string> _labels = new(StringComparer.Ordinal);

    /// <summary>What the cluster is known to hold.</summary>
    public ClusterObjects Objects => objects;

    /// <summary>Sets a label by its whole name.</summary>
    public void Set(string name, string value) => _labels[name] = value;

    public void Set(string name, int value) => _labels[name] = value.ToString(CultureInfo.InvariantCulture);

    public void Set(string name, bool value) => _labels[name] = value ? "true" : "false";

    /// <summary>Sets a label where there is a value.</summary>
    public void SetIfAny(string name, string? value)
    {
        if (value is not null) _labels[name] = value;
    }

    public void SetIfAny(string name, bool? value)
    {
        if (value is { } known) Set(name, known);
    }

    /// <summary>Name, labels and annotations of an object, under the name of its role.</summary>
    public void AddMeta(RoleNames role, ObjectMeta meta)
    {
        Set(role.Name, meta.Name);
        AddLabels(role, meta);
    }

    public void AddLabels(RoleNames role, ObjectMeta meta)
    {
        AddTexts(role.Label, meta.Labels);
        AddTexts(role.Annotation, meta.Annotations);
    }

    /// <summary>Entries of a map, each with a label that says that it is there.</summary>
    public void AddTexts(string prefix, NamedText[]? texts)
    {
        foreach (var (name, value) in texts ?? [])
        {
            var names = _names.Of(prefix, name);
            Set(names.Value, value);
            Set(names.Present, "true");
        }
    }

    public void AddService(Service service)
    {
        Set(NamespaceLabel, service.Metadata.Namespace);
        AddMeta(RoleNames.Service, service.Metadata);
    }

    /// <summary>attach_metadata: node.</summary>
    public void AddNode(string? name)
    {
        if (name is not null && objects.Find<Node>(ResourceKind.Node, name) is { } node) AddMeta(RoleNames.Node, node.Metadata);
    }

    /// <summary>attach_metadata: namespace. Its name is there already.</summary>
    public void AddNamespace(string name)
    {
        if (objects.Find<KubernetesObject>(ResourceKind.Namespace, name) is { } found) AddLabels(RoleNames.Namespace, found.Metadata);
    }

    /// <summary>What was collected; the next one begins.</summary>
    public MetaLabels Take()
    {
        var pairs = new KeyValuePair<string, string>[_labels.Count];
        int i = 0;
        foreach (var pair in _labels) pairs[i++] = pair;
        _labels.Clear();
        return new MetaLabels(pairs);
    }

    /// <summary>host:port, with brackets around an IPv6 address.</summary>
    public static string Join(string host, int port) =>
        host.Contains(':') || host.Contains('%') ? string.Create(CultureInfo.InvariantCulture, $"[{host}]:{port}") : string.Create(CultureInfo.InvariantCulture, $"{host}:{port}");
}
