namespace Streamline.Pipeline.Config;

/// <summary>A file named by <c>scrape_config_files</c>.</summary>
internal sealed record ScrapeFileConfig : ConfigNode
{
    public IReadOnlyList<ScrapeConfig> ScrapeConfigs { get; init; } = [];
}
