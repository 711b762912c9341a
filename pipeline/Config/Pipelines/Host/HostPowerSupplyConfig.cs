namespace Streamline.Pipeline.Config;

/// <summary>Settings of the collector powersupplyclass.</summary>
internal sealed record HostPowerSupplyConfig : ConfigNode
{
    /// <summary>Expression of the power supplies to leave out.</summary>
    public string IgnoredSupplies { get; init; } = "^$";

    public override void Check(ConfigErrors errors) => HostPattern.Check(this, "ignored_supplies", IgnoredSupplies, errors);
}
