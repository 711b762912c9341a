using System.Text.Json;

namespace Streamline.Pipeline.Discovery.Consul;

/// <summary>Instances of a service as targets.</summary>
internal static class ConsulTargets
{
    private const string Prefix = "__meta_consul_";

    public static TargetGroup GroupOf(string service, string datacenter, JsonElement instances, string tagSeparator) =>
        new(service, [.. instances.Items().Select(instance => TargetOf(instance, tagSeparator))], new Dictionary<string, string> { [Prefix + "service"] = service, [Prefix + "dc"] = datacenter });

    private static Dictionary<string, string> TargetOf(JsonElement instance, string tagSeparator)
    {
        JsonElement node = instance.At("Node"), service = instance.At("Service");
        string nodeAddress = node.Text("Address"), serviceAddress = service.Text("Address");
        long port = service.Number("Port");
        var target = new Dictionary<string, string>
        {
            // A service may be registered through a node that it does not run on.
            [TargetGroup.AddressLabel] = LabelText.HostPort(serviceAddress.Length > 0 ? serviceAddress : nodeAddress, port),
            [Prefix + "address"] = nodeAddress,
            [Prefix + "node"] = node.Text("Node"),
            [Prefix + "namespace"] = service.Text("Namespace"),
            [Prefix + "partition"] = service.Text("Partition"),
            [Prefix + "tags"] = LabelText.List(service.Texts("Tags"), tagSeparator),
            [Prefix + "service_address"] = serviceAddress,
            [Prefix + "service_port"] = LabelText.Of(port),
            [Prefix + "service_id"] = service.Text("ID"),
            [Prefix + "health"] = HealthOf(instance),
        };
        Add(target, "metadata_", node.At("Meta"));
        Add(target, "service_metadata_", service.At("Meta"));
        Add(target, "tagged_address_", node.At("TaggedAddresses"));
        return target;
    }

    private static void Add(Dictionary<string, string> target, string prefix, JsonElement pairs)
    {
        foreach (var pair in pairs.Members()) target[Prefix + prefix + LabelText.Sanitized(pair.Name)] = pair.Value.Text();
    }

    // The worst of the checks; maintenance, of the node or of the service, stands over all.
    private static string HealthOf(JsonElement instance)
    {
        var worst = "passing";
        foreach (var check in instance.Items("Checks"))
        {
            string id = check.Text("CheckID"), status = check.Text("Status");
            if (id == "_node_maintenance" || id.StartsWith("_service_maintenance:", StringComparison.Ordinal)) return "maintenance";
            if (status is not ("passing" or "warning" or "critical")) return "";
            if (status == "critical" || (status == "warning" && worst == "passing")) worst = status;
        }
        return worst;
    }
}
