namespace Streamline.Pipeline.Config;

/// <summary>Everything that finds targets, for a scrape job or a set of Alertmanagers.</summary>
internal sealed record DiscoveryConfig : ConfigNode
{
    public IReadOnlyList<StaticConfig> StaticConfigs { get; init; } = [];
    public IReadOnlyList<FileSdConfig> FileSdConfigs { get; init; } = [];
    public IReadOnlyList<HttpSdConfig> HttpSdConfigs { get; init; } = [];
    public IReadOnlyList<KubernetesSdConfig> KubernetesSdConfigs { get; init; } = [];
    public IReadOnlyList<DnsSdConfig> DnsSdConfigs { get; init; } = [];
    public IReadOnlyList<ConsulSdConfig> ConsulSdConfigs { get; init; } = [];
    public IReadOnlyList<DockerSdConfig> DockerSdConfigs { get; init; } = [];
    public IReadOnlyList<DockerSwarmSdConfig> DockerswarmSdConfigs { get; init; } = [];
    public IReadOnlyList<NomadSdConfig> NomadSdConfigs { get; init; } = [];
    public IReadOnlyList<PuppetDbSdConfig> PuppetdbSdConfigs { get; init; } = [];
    public IReadOnlyList<EurekaSdConfig> EurekaSdConfigs { get; init; } = [];
    public IReadOnlyList<MarathonSdConfig> MarathonSdConfigs { get; init; } = [];
    public IReadOnlyList<DigitalOceanSdConfig> DigitaloceanSdConfigs { get; init; } = [];
    public IReadOnlyList<Ec2SdConfig> Ec2SdConfigs { get; init; } = [];
    public IReadOnlyList<GceSdConfig> GceSdConfigs { get; init; } = [];
    public IReadOnlyList<HetznerSdConfig> HetznerSdConfigs { get; init; } = [];
    public IReadOnlyList<IonosSdConfig> IonosSdConfigs { get; init; } = [];
    public IReadOnlyList<LinodeSdConfig> LinodeSdConfigs { get; init; } = [];
    public IReadOnlyList<VultrSdConfig> VultrSdConfigs { get; init; } = [];

    /// <summary>Mechanisms that are known but not built yet: valid, no targets, a warning.</summary>
    [OtherKeys("_sd_configs")]
    public IReadOnlyList<UnbuiltSdConfig> Unbuilt { get; init; } = [];
}

/// <summary>Targets written down, with labels that they share.</summary>
internal sealed record StaticConfig : ConfigNode
{
    public IReadOnlyList<string> Targets { get; init; } = [];
    public IReadOnlyDictionary<string, string> Labels { get; init; } = ConfigDefaults.NoStrings;

    public override void Check(ConfigErrors errors)
    {
        foreach (string name in Labels.Keys)
        {
            if (!ScrapeChecks.IsLabelName(name, NameValidationScheme.Utf8)) errors.Add(this, "labels", $"\"{name}\" is not a valid label name");
        }
    }
}

/// <summary>Targets in watched files (JSON or YAML). The last part of a path may hold <c>*</c>.</summary>
internal sealed record FileSdConfig : ConfigNode
{
    [RequiredKey, Path]
    public IReadOnlyList<string> Files { get; init; } = [];

    public TimeSpan RefreshInterval { get; init; } = TimeSpan.FromMinutes(5);

    public override void Check(ConfigErrors errors)
    {
        DiscoveryChecks.RequireInterval(this, RefreshInterval, errors);
        foreach (string file in Files)
        {
            bool isKnown = Path.GetExtension(file) is ".json" or ".yml" or ".yaml" or ".JSON" or ".YML" or ".YAML";
            if (!isKnown || Path.GetDirectoryName(file) is { } folder && folder.Contains('*'))
                errors.Add(this, "files", $"\"{file}\" must end in .json, .yml or .yaml, with * in its last part only");
        }
    }
}

/// <summary>Targets that a server lists as JSON.</summary>
internal sealed record HttpSdConfig : ConfigNode
{
    [RequiredKey]
    public string Url { get; init; } = "";

    public TimeSpan RefreshInterval { get; init; } = TimeSpan.FromMinutes(1);

    [Inline]
    public HttpClientConfig Http { get; init; } = new();

    public override void Check(ConfigErrors errors)
    {
        DiscoveryChecks.RequireInterval(this, RefreshInterval, errors);
        if (Url.Length == 0) return;
        bool isHttp = Uri.TryCreate(Url, UriKind.Absolute, out var url) && url.Scheme is "http" or "https";
        if (!isHttp) errors.Add(this, "url", "expected an address that begins with http:// or https://");
        else if (url!.Host.Length == 0) errors.Add(this, "url", "the address has no host");
    }
}

/// <summary>An entry of <c>KIND_sd_configs</c> whose mechanism does not exist here yet; kept as written.</summary>
internal sealed record UnbuiltSdConfig(string Kind, ConfigPosition Position, YamlMapping Raw)
{
    /// <summary>The mechanisms of Prometheus 3.14 without a class here.</summary>
    public static readonly IReadOnlyList<string> Kinds =
    [
        "aws", "azure", "ecs", "elasticache", "kuma", "lightsail", "msk", "nerve", "oci", "openstack", "outscale", "ovhcloud", "rds", "scaleway", "serverset",
        "stackit", "triton", "uyuni",
    ];

    private const string Told = "is not built yet: no targets come from it";

    /// <summary>What the loader warns of such an entry.</summary>
    public static string WarningOf(string kind) => $"service discovery by {kind} {Told}";

    public static bool IsWarning(ConfigError warning) => warning.Message.EndsWith(Told, StringComparison.Ordinal);
}
