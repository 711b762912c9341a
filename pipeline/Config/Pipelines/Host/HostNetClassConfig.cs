namespace Streamline.Pipeline.Config;

/// <summary>Settings of the collector netclass.</summary>
internal sealed record HostNetClassConfig : ConfigNode
{
    /// <summary>Expression of the devices to leave out.</summary>
    public string IgnoredDevices { get; init; } = "^$";

    /// <summary>No speed for devices whose speed is not known, where it would be negative.</summary>
    public bool IgnoreInvalidSpeed { get; init; }

    public override void Check(ConfigErrors errors) => HostPattern.Check(this, "ignored_devices", IgnoredDevices, errors);
}
