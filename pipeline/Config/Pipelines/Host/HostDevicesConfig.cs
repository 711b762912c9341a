namespace Streamline.Pipeline.Config;

/// <summary>Which devices a collector takes.</summary>
internal sealed record HostDevicesConfig : ConfigNode
{
    /// <summary>Expression of the devices to take; not together with <c>device_exclude</c>.</summary>
    public string DeviceInclude { get; init; } = "";

    /// <summary>Expression of the devices to leave out.</summary>
    public string DeviceExclude { get; init; } = "";

    public override void Check(ConfigErrors errors) => HostPattern.CheckPair(this, DeviceInclude, "device_include", DeviceExclude, "device_exclude", errors);
}
