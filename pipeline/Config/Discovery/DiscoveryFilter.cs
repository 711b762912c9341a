namespace Streamline.Pipeline.Config;

/// <summary>A filter that an API applies itself: one of the values must hold.</summary>
internal sealed record DiscoveryFilter : ConfigNode
{
    public string Name { get; init; } = "";
    public IReadOnlyList<string> Values { get; init; } = [];
}
