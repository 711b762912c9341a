using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Discovery.Kubernetes;

/// <summary>A target for each node: its kubelet.</summary>
internal sealed class NodeRole(KubernetesAttachConfig attach) : TargetRole(attach)
{
    private const string ProviderId = LabelWriter.Prefix + "node_provider_id", ConditionPrefix = LabelWriter.Prefix + "node_condition_", AddressPrefix = LabelWriter.Prefix + "node_address_";

    // Types of addresses, the ones that reach it best first.
    private static readonly string[] AddressTypes = ["InternalIP", "InternalDNS", "ExternalIP", "ExternalDNS", "LegacyHostIP", "Hostname"];

    public override ResourceKind Primary => ResourceKind.Node;

    public override IReadOnlyList<ResourceKind> Kinds => [ResourceKind.Node];

    public override void AddMentions(KubernetesObject primary, List<ObjectId> into)
    {
    }

    public override TargetGroup? Build(KubernetesObject primary, LabelWriter writer)
    {
        var node = (Node)primary;
        var addresses = node.Status.Addresses ?? [];
        string? type = Array.Find(AddressTypes, t => addresses.Any(a => a.Type == t));
        if (type is null) return null;
        writer.Set(TargetGroup.AddressLabel, LabelWriter.Join(addresses.First(a => a.Type == type).Text, node.Status.DaemonEndpoints.KubeletEndpoint.Port));
        writer.Set("instance", node.Metadata.Name);
        // Of several addresses of a type, the first one.
        foreach (var address in Enumerable.Reverse(addresses)) writer.Set(MetaNames.Sanitise(AddressPrefix + address.Type), address.Text);
        var target = writer.Take();
        writer.Set(ProviderId, node.Spec.ProviderID);
        foreach (var condition in node.Status.Conditions ?? []) writer.Set(ConditionPrefix + MetaNames.Sanitise(Lower(condition.Type)), Lower(condition.Status));
        writer.AddMeta(RoleNames.Node, node.Metadata);
        return new TargetGroup("node/" + node.Key, [target], writer.Take());
    }

#pragma warning disable CA1308 // Label values are lower case.
    private static string Lower(string text) => text.ToLowerInvariant();
#pragma warning restore CA1308
}
