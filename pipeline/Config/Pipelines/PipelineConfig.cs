namespace Streamline.Pipeline.Config;

/// <summary>Sources, then stages; it ends in the database.</summary>
internal sealed record PipelineConfig : ConfigNode
{
    [NotBound]
    public string Name { get; init; } = "";

    public IReadOnlyList<SourceConfig> Sources { get; init; } = [];
    public IReadOnlyList<StageConfig> Stages { get; init; } = [];
}
