namespace Streamline.Pipeline.Config;

/// <summary>Settings of the collector rapl.</summary>
internal sealed record HostRaplConfig : ConfigNode
{
    /// <summary>One family with the label <c>rapl_zone</c> instead of one per zone.</summary>
    public bool EnableZoneLabel { get; init; }
}
