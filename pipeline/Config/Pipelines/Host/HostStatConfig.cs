namespace Streamline.Pipeline.Config;

/// <summary>Settings of the collector stat.</summary>
internal sealed record HostStatConfig : ConfigNode
{
    /// <summary>Whether soft interrupts are given per vector.</summary>
    public bool Softirq { get; init; }
}
