namespace Streamline.Pipeline.Config;

/// <summary>Settings of the collector bcache.</summary>
internal sealed record HostBcacheConfig : ConfigNode
{
    /// <summary>Statistics of priorities too, which are expensive for the kernel.</summary>
    public bool PriorityStats { get; init; }
}
