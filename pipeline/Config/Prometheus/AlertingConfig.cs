namespace Streamline.Pipeline.Config;

/// <summary>Where alerts are sent besides the embedded dispatcher.</summary>
internal sealed record AlertingConfig : ConfigNode
{
    [NoEffectYet]
    public IReadOnlyList<RelabelConfig> AlertRelabelConfigs { get; init; } = [];

    [NoEffectYet]
    public IReadOnlyList<AlertmanagerTargetConfig> Alertmanagers { get; init; } = [];
}

/// <summary>A set of Alertmanagers outside this process.</summary>
internal sealed record AlertmanagerTargetConfig : ConfigNode
{
    public string Scheme { get; init; } = "http";
    public string PathPrefix { get; init; } = "";
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);
    public string ApiVersion { get; init; } = "v2";
    public IReadOnlyList<RelabelConfig> RelabelConfigs { get; init; } = [];
    public IReadOnlyList<RelabelConfig> AlertRelabelConfigs { get; init; } = [];

    [Key("sigv4")]
    public SigV4Config? SigV4 { get; init; }

    [Inline]
    public DiscoveryConfig Discovery { get; init; } = new();

    [Inline]
    public HttpClientConfig Http { get; init; } = new();

    public override void Check(ConfigErrors errors)
    {
        if (ApiVersion != "v2") errors.Add(this, "api_version", $"expected v2, found \"{ApiVersion}\": the older version of the API is gone");
        ScrapeChecks.CheckScheme(this, Scheme, errors);
        ScrapeChecks.CheckTargets(this, Discovery, RelabelConfigs, errors);
        HttpChecks.AtMostOneKind(this, ["basic_auth", "authorization", "oauth2", "bearer_token", "bearer_token_file", "sigv4"], errors);
    }
}

/// <summary>Signing of requests to Amazon's services.</summary>
internal sealed record SigV4Config : ConfigNode
{
    public string Region { get; init; } = "";
    public string AccessKey { get; init; } = "";
    public Secret? SecretKey { get; init; }
    public string Profile { get; init; } = "";
    public string RoleArn { get; init; } = "";
    public string ExternalId { get; init; } = "";
    public bool UseFipsStsEndpoint { get; init; }
    public string ServiceName { get; init; } = "";

    public override void Check(ConfigErrors errors)
    {
        bool hasSecret = SecretKey is { IsEmpty: false };
        if (AccessKey.Length > 0 && !hasSecret) errors.Add(this, "access_key", "\"access_key\" needs its \"secret_key\"");
        if (AccessKey.Length == 0 && hasSecret) errors.Add(this, "secret_key", "\"secret_key\" needs its \"access_key\"");
        if (ExternalId.Length > 0 && RoleArn.Length == 0) errors.Add(this, "external_id", "\"external_id\" is for a \"role_arn\"");
    }
}
