using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Discovery.Kubernetes;

/// <summary>A target for each address and port behind each service, from the older objects that hold all of them.</summary>
internal sealed class EndpointsRole(KubernetesAttachConfig attach) : TargetRole(attach)
{
    private const string PortName = LabelWriter.Prefix + "endpoint_port_name", PortProtocol = LabelWriter.Prefix + "endpoint_port_protocol", Ready = LabelWriter.Prefix + "endpoint_ready",
        TargetKind = LabelWriter.Prefix + "endpoint_address_target_kind", TargetName = LabelWriter.Prefix + "endpoint_address_target_name", NodeName = LabelWriter.Prefix + "endpoint_node_name",
        Hostname = LabelWriter.Prefix + "endpoint_hostname";

    public override ResourceKind Primary => ResourceKind.Endpoints;

    public override IReadOnlyList<ResourceKind> Kinds => With(takesPods: true, ResourceKind.Endpoints, ResourceKind.Service, ResourceKind.Pod);

    public override void AddMentions(KubernetesObject primary, List<ObjectId> into)
    {
        MentionNamespace(primary, into);
        into.Add(new ObjectId(ResourceKind.Service, primary.Key));
        foreach (var (address, _) in Addresses((Endpoints)primary))
        {
            if (address.TargetRef?.PodKey is { } pod) into.Add(new ObjectId(ResourceKind.Pod, pod));
            if (Attach.Node && NodeOf(address) is { } node) into.Add(new ObjectId(ResourceKind.Node, node));
        }
    }

    public override TargetGroup Build(KubernetesObject primary, LabelWriter writer)
    {
        var endpoints = (Endpoints)primary;
        var targets = new List<MetaLabels>();
        var pods = new BackingPods(writer, Attach);
        foreach (var subset in endpoints.Subsets ?? [])
        {
            foreach (var port in subset.Ports ?? [])
            {
                foreach (var (address, isReady) in Addresses(subset)) targets.Add(Target(address, port, isReady, pods, writer));
            }
        }
        pods.AddRest(targets);
        writer.Set(LabelWriter.NamespaceLabel, endpoints.Metadata.Namespace);
        if (writer.Objects.Find<Service>(ResourceKind.Service, endpoints.Key) is { } service) writer.AddService(service);
        writer.AddMeta(RoleNames.Endpoints, endpoints.Metadata);
        if (Attach.Namespace) writer.AddNamespace(endpoints.Metadata.Namespace);
        return new TargetGroup("endpoints/" + endpoints.Key, targets, writer.Take());
    }

    private MetaLabels Target(Endpoints.EndpointAddress address, Endpoints.EndpointPort port, bool isReady, BackingPods pods, LabelWriter writer)
    {
        writer.Set(TargetGroup.AddressLabel, LabelWriter.Join(address.Ip, port.Number));
        writer.Set(PortName, port.Name);
        writer.Set(PortProtocol, port.Protocol);
        writer.Set(Ready, isReady);
        writer.SetIfAny(TargetKind, address.TargetRef?.Kind);
        writer.SetIfAny(TargetName, address.TargetRef?.Name);
        writer.SetIfAny(NodeName, address.NodeName);
        if (address.Hostname.Length > 0) writer.Set(Hostname, address.Hostname);
        if (Attach.Node) writer.AddNode(NodeOf(address));
        pods.Add(address.TargetRef, port.Number, port.Protocol);
        return writer.Take();
    }

    private static string? NodeOf(Endpoints.EndpointAddress address) => address.NodeName ?? (address.TargetRef is { Kind: "Node" } node ? node.Name : null);

    private static IEnumerable<(Endpoints.EndpointAddress Address, bool IsReady)> Addresses(Endpoints endpoints) => (endpoints.Subsets ?? []).SelectMany(Addresses);

    private static IEnumerable<(Endpoints.EndpointAddress Address, bool IsReady)> Addresses(Endpoints.Subset subset) =>
        (subset.Addresses ?? []).Select(a => (a, true)).Concat((subset.NotReadyAddresses ?? []).Select(a => (a, false)));
}
