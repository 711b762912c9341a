namespace Streamline.Pipeline.Config;

/// <summary>Which devices a collector leaves out.</summary>
internal sealed record HostIgnoredDevicesConfig : ConfigNode
{
    /// <summary>Expression of the devices to leave out.</summary>
    public string IgnoredDevices { get; init; } = "^$";

    public override void Check(ConfigErrors errors) => HostPattern.Check(this, "ignored_devices", IgnoredDevices, errors);
}
