using Amazon.EC2.Model;

namespace Streamline.Pipeline.Discovery.Aws;

/// <summary>Instances as targets.</summary>
internal static class Ec2Targets
{
    private const string Prefix = "__meta_ec2_";
    private const string Separator = ",";

    // Far beyond what any instance type can hold; the index of a card comes from outside.
    private const int MaxCards = 1024;

    /// <summary>The target of an instance; null for one without an address.</summary>
    public static Dictionary<string, string>? Of(Instance instance, string? owner, string region, int port, Dictionary<string, string>? zones)
    {
        var (primary, all) = AddressesV6(instance);
        string? defaultV6 = primary.Concat(all).FirstOrDefault(address => address.Length > 0);
        string? address = instance.PrivateIpAddress ?? defaultV6;
        if (address is null) return null;
        var target = new Dictionary<string, string> { [TargetGroup.AddressLabel] = LabelText.HostPort(address, port) };
        string zone = instance.Placement?.AvailabilityZone ?? "";
        Add(target, "instance_id", instance.InstanceId);
        Add(target, "region", region);
        Add(target, "owner_id", owner);
        Add(target, "default_ipv6_address", defaultV6);
        Add(target, "private_ip", instance.PrivateIpAddress);
        Add(target, "private_dns_name", instance.PrivateDnsName);
        // EC2 says windows; AWS's client makes the name of its constant of it.
        Add(target, "platform", instance.Platform?.Value.ToLowerInvariant());
        Add(target, "public_ip", instance.PublicIpAddress);
        if (instance.PublicIpAddress is not null) Add(target, "public_dns_name", instance.PublicDnsName);
        Add(target, "ami", instance.ImageId);
        Add(target, "availability_zone", zone);
        Add(target, "availability_zone_id", zones?.GetValueOrDefault(zone));
        Add(target, "instance_state", instance.State?.Name?.Value);
        Add(target, "instance_type", instance.InstanceType?.Value);
        Add(target, "instance_lifecycle", instance.InstanceLifecycle?.Value);
        Add(target, "architecture", instance.Architecture?.Value);
        if (primary.Count > 0) Add(target, "primary_ipv6_addresses", LabelText.List(primary, Separator));
        if (all.Count > 0) Add(target, "ipv6_addresses", LabelText.List(all, Separator));
        AddNetwork(target, instance);
        foreach (var tag in (instance.Tags ?? []).Where(tag => tag.Key is not null)) Add(target, "tag_" + LabelText.Sanitized(tag.Key), tag.Value);
        return target;
    }

    private static void AddNetwork(Dictionary<string, string> target, Instance instance)
    {
        if (string.IsNullOrEmpty(instance.VpcId)) return;
        Add(target, "vpc_id", instance.VpcId);
        Add(target, "primary_subnet_id", instance.SubnetId);
        Add(target, "subnet_id", LabelText.List(Cards(instance).Select(card => card.SubnetId).Distinct(), Separator));
    }

    // The primary ones stand at the index of their card, with empty places between.
    private static (List<string> Primary, List<string> All) AddressesV6(Instance instance)
    {
        List<string> primary = [], all = [];
        if (string.IsNullOrEmpty(instance.VpcId)) return (primary, all);
        foreach (var card in Cards(instance))
        {
            foreach (var address in (card.Ipv6Addresses ?? []).Where(address => address.Ipv6Address is not null))
            {
                all.Add(address.Ipv6Address);
                int index = card.Attachment?.DeviceIndex ?? 0;
                if (address.IsPrimaryIpv6 != true || index is < 0 or >= MaxCards) continue;
                while (primary.Count <= index) primary.Add("");
                primary[index] = address.Ipv6Address;
            }
        }
        return (primary, all);
    }

    private static IEnumerable<InstanceNetworkInterface> Cards(Instance instance) => (instance.NetworkInterfaces ?? []).Where(card => card.SubnetId is not null);

    private static void Add(Dictionary<string, string> target, string label, string? value)
    {
        if (!string.IsNullOrEmpty(value)) target[Prefix + label] = value;
    }
}
