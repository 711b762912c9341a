namespace Streamline.Pipeline.Config;

/// <summary>Everything that finds targets, for a scrape job or a set of Alertmanagers.</summary>
internal sealed record DiscoveryConfig : ConfigNode
{
    public IReadOnlyList<StaticConfig> StaticConfigs { get; init; } = [];
    public IReadOnlyList<FileSdConfig> FileSdConfigs { get; init; } = [];

    /// <summary>Mechanisms that are known but not built yet: valid, no targets, a warning.</summary>
    [OtherKeys("_sd_configs")]
    public IReadOnlyList<UnbuiltSdConfig> Unbuilt { get; init; } = [];
}

/// <summary>Targets written down, with labels that they share.</summary>
internal sealed record StaticConfig : ConfigNode
{
    public IReadOnlyList<string> Targets { get; init; } = [];
    public IReadOnlyDictionary<string, string> Labels { get; init; } = ConfigDefaults.NoStrings;
}

/// <summary>Targets in watched files (JSON or YAML). The last part of a path may hold <c>*</c>.</summary>
internal sealed record FileSdConfig : ConfigNode
{
    [RequiredKey, Path]
    public IReadOnlyList<string> Files { get; init; } = [];

    public TimeSpan RefreshInterval { get; init; } = TimeSpan.FromMinutes(5);
}

/// <summary>An entry of <c>KIND_sd_configs</c> whose mechanism does not exist here yet; kept as written.</summary>
internal sealed record UnbuiltSdConfig(string Kind, ConfigPosition Position, YamlMapping Raw);
