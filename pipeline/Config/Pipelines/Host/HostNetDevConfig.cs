namespace Streamline.Pipeline.Config;

/// <summary>Settings of the collector netdev.</summary>
internal sealed record HostNetDevConfig : ConfigNode
{
    /// <summary>Expression of the devices to take; not together with <c>device_exclude</c>.</summary>
    public string DeviceInclude { get; init; } = "";

    /// <summary>Expression of the devices to leave out.</summary>
    public string DeviceExclude { get; init; } = "";

    /// <summary>Whether the devices' addresses are given as <c>node_network_address_info</c>.</summary>
    public bool AddressInfo { get; init; }

    /// <summary>Other, more detailed names, which dashboards do not know.</summary>
    public bool EnableDetailedMetrics { get; init; }

    /// <summary>Adds the device's alias as the label <c>ifalias</c>.</summary>
    public bool LabelIfalias { get; init; }

    public override void Check(ConfigErrors errors) => HostPattern.CheckPair(this, DeviceInclude, "device_include", DeviceExclude, "device_exclude", errors);
}
