using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Discovery.Kubernetes;

/// <summary>A target for each port of each container of each pod; a container without ports is a target without one.</summary>
internal sealed class PodRole(KubernetesAttachConfig attach) : TargetRole(attach)
{
    public override ResourceKind Primary => ResourceKind.Pod;

    public override IReadOnlyList<ResourceKind> Kinds => With(takesPods: true, ResourceKind.Pod);

    public override void AddMentions(KubernetesObject primary, List<ObjectId> into)
    {
        var pod = (Pod)primary;
        MentionNamespace(pod, into);
        if (Attach.Node) into.Add(new ObjectId(ResourceKind.Node, pod.Spec.NodeName));
        if (PodLabels.OwnerOf(pod, Attach) is { } owner) into.Add(owner);
    }

    public override TargetGroup Build(KubernetesObject primary, LabelWriter writer)
    {
        var pod = (Pod)primary;
        string source = "pod/" + pod.Key;
        // It starts, or was evicted. And nodes that are not known were not selected.
        if (pod.Status.PodIP.Length == 0 || (Attach.Node && writer.Objects.Find<Node>(ResourceKind.Node, pod.Spec.NodeName) is null)) return new TargetGroup(source, [], writer.Take());
        var targets = new List<MetaLabels>();
        foreach (var (container, isInit) in pod.Containers) AddTargets(pod, container, isInit, writer, targets);
        writer.AddPod(pod, Attach);
        writer.Set(LabelWriter.NamespaceLabel, pod.Metadata.Namespace);
        if (Attach.Node) writer.AddNode(pod.Spec.NodeName);
        if (Attach.Namespace) writer.AddNamespace(pod.Metadata.Namespace);
        return new TargetGroup(source, targets, writer.Take());
    }

    private static void AddTargets(Pod pod, Pod.Container container, bool isInit, LabelWriter writer, List<MetaLabels> into)
    {
        var statuses = isInit ? pod.Status.InitContainerStatuses : pod.Status.ContainerStatuses;
        string id = Array.Find(statuses ?? [], status => status.Name == container.Name)?.ContainerID ?? "";
        if (container.Ports is not { Length: > 0 } ports)
        {
            into.Add(Target(pod.Status.PodIP, null));
            return;
        }
        foreach (var port in ports) into.Add(Target(LabelWriter.Join(pod.Status.PodIP, port.Number), port));

        MetaLabels Target(string address, Pod.ContainerPort? port)
        {
            writer.Set(TargetGroup.AddressLabel, address);
            writer.AddContainer(container, isInit);
            writer.AddContainerId(id);
            if (port is not null) writer.AddContainerPort(port.Name, port.Number, port.Protocol);
            return writer.Take();
        }
    }
}
