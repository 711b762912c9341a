using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Discovery.Kubernetes;

/// <summary>How one role makes targets: one group for each object of its kind, with what other objects add to it.</summary>
internal abstract class TargetRole(KubernetesAttachConfig attach)
{
    public KubernetesAttachConfig Attach => attach;

    /// <summary>The kind that the groups are of.</summary>
    public abstract ResourceKind Primary { get; }

    /// <summary>All kinds that are read.</summary>
    public abstract IReadOnlyList<ResourceKind> Kinds { get; }

    public static TargetRole Of(KubernetesRole role, KubernetesAttachConfig attach) => role switch
    {
        KubernetesRole.Node => new NodeRole(attach),
        KubernetesRole.Service => new ServiceRole(attach),
        KubernetesRole.Pod => new PodRole(attach),
        KubernetesRole.Endpoints => new EndpointsRole(attach),
        KubernetesRole.EndpointSlice => new EndpointSliceRole(attach),
        KubernetesRole.Ingress => new IngressRole(attach),
    };

    /// <summary>Which objects its group is made of besides itself.</summary>
    public abstract void AddMentions(KubernetesObject primary, List<ObjectId> into);

    /// <summary>The group of an object; without targets it is none, and null leaves the one of before.</summary>
    public abstract TargetGroup? Build(KubernetesObject primary, LabelWriter writer);

    /// <summary>The kinds that attach_metadata adds to a role's own.</summary>
    protected IReadOnlyList<ResourceKind> With(bool takesPods, params IReadOnlyList<ResourceKind> own)
    {
        List<ResourceKind> kinds = [.. own];
        if (attach.Namespace) kinds.Add(ResourceKind.Namespace);
        if (!takesPods) return kinds;
        if (attach.Node) kinds.Add(ResourceKind.Node);
        if (attach.Deployment) kinds.Add(ResourceKind.ReplicaSet);
        if (attach.Job || attach.Cronjob) kinds.Add(ResourceKind.Job);
        return kinds;
    }

    protected void MentionNamespace(KubernetesObject primary, List<ObjectId> into)
    {
        if (attach.Namespace) into.Add(new ObjectId(ResourceKind.Namespace, primary.Metadata.Namespace));
    }
}
