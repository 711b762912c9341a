using System.Globalization;
using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Discovery.Kubernetes;

/// <summary>A target for each port of each service, at the service's name in the cluster's DNS.</summary>
internal sealed class ServiceRole(KubernetesAttachConfig attach) : TargetRole(attach)
{
    private const string PortName = LabelWriter.Prefix + "service_port_name", PortNumber = LabelWriter.Prefix + "service_port_number", PortProtocol = LabelWriter.Prefix + "service_port_protocol",
        Type = LabelWriter.Prefix + "service_type", ClusterIp = LabelWriter.Prefix + "service_cluster_ip", ExternalName = LabelWriter.Prefix + "service_external_name",
        LoadBalancerIp = LabelWriter.Prefix + "service_loadbalancer_ip";

    public override ResourceKind Primary => ResourceKind.Service;

    public override IReadOnlyList<ResourceKind> Kinds => With(takesPods: false, ResourceKind.Service);

    public override void AddMentions(KubernetesObject primary, List<ObjectId> into) => MentionNamespace(primary, into);

    public override TargetGroup Build(KubernetesObject primary, LabelWriter writer)
    {
        var service = (Service)primary;
        var targets = (service.Spec.Ports ?? []).Select(port => Target(service, port, writer)).ToList();
        writer.AddService(service);
        if (Attach.Namespace) writer.AddNamespace(service.Metadata.Namespace);
        return new TargetGroup("svc/" + service.Key, targets, writer.Take());
    }

    private static MetaLabels Target(Service service, Service.ServicePort port, LabelWriter writer)
    {
        var spec = service.Spec;
        writer.Set(TargetGroup.AddressLabel, string.Create(CultureInfo.InvariantCulture, $"{service.Metadata.Name}.{service.Metadata.Namespace}.svc:{port.Port}"));
        writer.Set(PortName, port.Name);
        writer.Set(PortNumber, port.Port);
        writer.Set(PortProtocol, port.Protocol);
        writer.Set(Type, spec.Type);
        if (spec.Type == "ExternalName") writer.Set(ExternalName, spec.ExternalName);
        else writer.Set(ClusterIp, spec.ClusterIP);
        if (spec.Type == "LoadBalancer") writer.Set(LoadBalancerIp, spec.LoadBalancerIP);
        return writer.Take();
    }
}
