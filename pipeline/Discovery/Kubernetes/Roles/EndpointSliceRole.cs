using System.Globalization;
using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Discovery.Kubernetes;

/// <summary>A target for each address and port behind each service.</summary>
internal sealed class EndpointSliceRole(KubernetesAttachConfig attach) : TargetRole(attach)
{
    private const string AddressType = LabelWriter.Prefix + "endpointslice_address_type", PortName = LabelWriter.Prefix + "endpointslice_port_name", PortProtocol = LabelWriter.Prefix + "endpointslice_port_protocol",
        PortNumber = LabelWriter.Prefix + "endpointslice_port", AppProtocol = LabelWriter.Prefix + "endpointslice_port_app_protocol", Ready = LabelWriter.Prefix + "endpointslice_endpoint_conditions_ready",
        Serving = LabelWriter.Prefix + "endpointslice_endpoint_conditions_serving", Terminating = LabelWriter.Prefix + "endpointslice_endpoint_conditions_terminating",
        Zone = LabelWriter.Prefix + "endpointslice_endpoint_zone", Hostname = LabelWriter.Prefix + "endpointslice_endpoint_hostname", NodeName = LabelWriter.Prefix + "endpointslice_endpoint_node_name",
        TargetKind = LabelWriter.Prefix + "endpointslice_address_target_kind", TargetName = LabelWriter.Prefix + "endpointslice_address_target_name", TopologyPrefix = LabelWriter.Prefix + "endpointslice_endpoint_topology_";

    public override ResourceKind Primary => ResourceKind.EndpointSlice;

    public override IReadOnlyList<ResourceKind> Kinds => With(takesPods: true, ResourceKind.EndpointSlice, ResourceKind.Service, ResourceKind.Pod);

    public override void AddMentions(KubernetesObject primary, List<ObjectId> into)
    {
        var slice = (EndpointSlice)primary;
        MentionNamespace(slice, into);
        if (ServiceKey(slice) is { } service) into.Add(new ObjectId(ResourceKind.Service, service));
        foreach (var endpoint in slice.Endpoints ?? [])
        {
            if (endpoint.TargetRef?.PodKey is { } pod) into.Add(new ObjectId(ResourceKind.Pod, pod));
            if (Attach.Node && NodeOf(endpoint) is { } node) into.Add(new ObjectId(ResourceKind.Node, node));
        }
    }

    public override TargetGroup Build(KubernetesObject primary, LabelWriter writer)
    {
        var slice = (EndpointSlice)primary;
        var service = ServiceKey(slice) is { } key ? writer.Objects.Find<Service>(ResourceKind.Service, key) : null;
        var targets = new List<MetaLabels>();
        if (!IsSecondFamily(slice, service)) AddTargets(slice, writer, targets);
        writer.Set(LabelWriter.NamespaceLabel, slice.Metadata.Namespace);
        writer.Set(AddressType, slice.AddressType);
        writer.AddMeta(RoleNames.EndpointSlice, slice.Metadata);
        if (service is not null) writer.AddService(service);
        if (Attach.Namespace) writer.AddNamespace(slice.Metadata.Namespace);
        return new TargetGroup("endpointslice/" + slice.Key, targets, writer.Take());
    }

    private void AddTargets(EndpointSlice slice, LabelWriter writer, List<MetaLabels> targets)
    {
        var pods = new BackingPods(writer, Attach);
        foreach (var endpoint in slice.Endpoints ?? [])
        {
            foreach (var port in slice.Ports ?? [])
            {
                foreach (string address in endpoint.Addresses ?? []) targets.Add(Target(address, endpoint, port, pods, writer));
            }
        }
        pods.AddRest(targets);
    }

    private MetaLabels Target(string address, EndpointSlice.Endpoint endpoint, EndpointSlice.SlicePort port, BackingPods pods, LabelWriter writer)
    {
        writer.Set(TargetGroup.AddressLabel, port.Number is { } number ? LabelWriter.Join(address, number) : address);
        writer.SetIfAny(PortName, port.Name);
        writer.SetIfAny(PortProtocol, port.Protocol);
        writer.SetIfAny(PortNumber, port.Number?.ToString(CultureInfo.InvariantCulture));
        writer.SetIfAny(AppProtocol, port.AppProtocol);
        writer.SetIfAny(Ready, endpoint.Conditions.Ready);
        writer.SetIfAny(Serving, endpoint.Conditions.Serving);
        writer.SetIfAny(Terminating, endpoint.Conditions.Terminating);
        writer.SetIfAny(Hostname, endpoint.Hostname);
        writer.SetIfAny(TargetKind, endpoint.TargetRef?.Kind);
        writer.SetIfAny(TargetName, endpoint.TargetRef?.Name);
        writer.SetIfAny(NodeName, endpoint.NodeName);
        writer.SetIfAny(Zone, endpoint.Zone);
        foreach (var (name, value) in endpoint.DeprecatedTopology ?? [])
        {
            writer.Set(TopologyPrefix + MetaNames.Sanitise(name), value);
            writer.Set(TopologyPrefix + "present_" + MetaNames.Sanitise(name), "true");
        }
        if (Attach.Node) writer.AddNode(NodeOf(endpoint));
        pods.Add(endpoint.TargetRef, port.Number, protocol: null);
        return writer.Take();
    }

    private static string? NodeOf(EndpointSlice.Endpoint endpoint) => endpoint.TargetRef is { Kind: "Node" } node ? node.Name : endpoint.NodeName;

    private static string? ServiceKey(EndpointSlice slice) =>
        slice.Metadata.Label(EndpointSlice.ServiceNameLabel) is { } name ? KubernetesObject.KeyOf(slice.Metadata.Namespace, name) : null;

    // A service with addresses of both families has slices for each: the second would give every target twice.
    private static bool IsSecondFamily(EndpointSlice slice, Service? service) =>
        service?.Spec is { IPFamilyPolicy: "PreferDualStack" or "RequireDualStack", IPFamilies: [var first, ..] } && first != slice.AddressType;
}
