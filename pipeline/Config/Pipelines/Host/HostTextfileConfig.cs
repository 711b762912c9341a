namespace Streamline.Pipeline.Config;

/// <summary>Settings of the collector textfile.</summary>
internal sealed record HostTextfileConfig : ConfigNode
{
    /// <summary>Folders whose files *.prom are metrics; their paths may hold wildcards. One or a list.</summary>
    [Path]
    public OneOrMany Directory { get; init; } = OneOrMany.None;
}
