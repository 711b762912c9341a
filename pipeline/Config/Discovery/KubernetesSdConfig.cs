namespace Streamline.Pipeline.Config;

/// <summary>Targets of a Kubernetes cluster.</summary>
internal sealed record KubernetesSdConfig : ConfigNode
{
    /// <summary>Empty: this process runs in a pod of the cluster, or there is a kubeconfig file.</summary>
    public string ApiServer { get; init; } = "";

    [RequiredKey]
    public KubernetesRole? Role { get; init; }

    [Path]
    public string KubeconfigFile { get; init; } = "";

    [Inline]
    public HttpClientConfig Http { get; init; } = new();

    public KubernetesNamespacesConfig Namespaces { get; init; } = new();
    public IReadOnlyList<KubernetesSelectorConfig> Selectors { get; init; } = [];
    public KubernetesAttachConfig AttachMetadata { get; init; } = new();

    public override void Check(ConfigErrors errors) => KubernetesChecks.Check(this, errors);
}

/// <summary>What becomes a target.</summary>
internal enum KubernetesRole
{
    [Key("node")]
    Node,

    [Key("service")]
    Service,

    [Key("pod")]
    Pod,

    [Key("endpoints")]
    Endpoints,

    [Key("endpointslice")]
    EndpointSlice,

    [Key("ingress")]
    Ingress,
}

/// <summary>Which namespaces are read; all without any.</summary>
internal sealed record KubernetesNamespacesConfig : ConfigNode
{
    public bool OwnNamespace { get; init; }
    public IReadOnlyList<string> Names { get; init; } = [];
}

/// <summary>Which objects of one kind are read.</summary>
internal sealed record KubernetesSelectorConfig : ConfigNode
{
    public KubernetesRole? Role { get; init; }
    public string Label { get; init; } = "";
    public string Field { get; init; } = "";

    public override void Check(ConfigErrors errors)
    {
        if (!KubernetesChecks.IsLabelSelector(Label)) errors.Add(this, "label", "expected terms such as name=value, name!=value, name in (a,b), name or !name");
        if (!KubernetesChecks.IsFieldSelector(Field)) errors.Add(this, "field", "expected terms such as metadata.name=value");
    }
}

/// <summary>Labels of other objects that targets take on.</summary>
internal sealed record KubernetesAttachConfig : ConfigNode
{
    public bool Node { get; init; }
    public bool Namespace { get; init; }
    public bool Deployment { get; init; }
    public bool Job { get; init; }
    public bool Cronjob { get; init; }
}
