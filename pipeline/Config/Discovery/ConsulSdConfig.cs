namespace Streamline.Pipeline.Config;

/// <summary>Targets from Consul's catalog and health checks (reference D8).</summary>
internal sealed record ConsulSdConfig : ConfigNode
{
    public string Server { get; init; } = "localhost:8500";
    public string PathPrefix { get; init; } = "";
    public Secret? Token { get; init; }
    public string Datacenter { get; init; } = "";
    public string Namespace { get; init; } = "";
    public string Partition { get; init; } = "";
    public string TagSeparator { get; init; } = ",";
    public string Scheme { get; init; } = "http";
    public string Username { get; init; } = "";
    public Secret? Password { get; init; }
    public bool AllowStale { get; init; } = true;

    /// <summary>Least time between two questions about the same thing.</summary>
    public TimeSpan RefreshInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Names of services; none for all.</summary>
    public IReadOnlyList<string> Services { get; init; } = [];

    /// <summary>Tags that a service must have, all of them.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    public IReadOnlyDictionary<string, string> NodeMeta { get; init; } = ConfigDefaults.NoStrings;

    /// <summary>Consul's filter expression for the catalog.</summary>
    [LiteralText]
    public string Filter { get; init; } = "";

    /// <summary>The same for the health of a service's instances.</summary>
    [LiteralText]
    public string HealthFilter { get; init; } = "";

    [Inline]
    public HttpClientConfig Http { get; init; } = new();

    /// <summary>The client block, with user name and password of the older keys.</summary>
    public HttpClientConfig Client() => Username.Length == 0 && Password is null or { IsEmpty: true }
        ? Http
        : Http with { BasicAuth = new BasicAuthConfig { Username = Username, Password = Password } };

    public override void Check(ConfigErrors errors)
    {
        DiscoveryChecks.RequireInterval(this, RefreshInterval, errors);
        if (string.IsNullOrWhiteSpace(Server)) errors.Add(this, "server", "\"server\" must not be empty");
        if (Http.BasicAuth is not null && (Username.Length > 0 || Password is { IsEmpty: false })) errors.Add(this, "basic_auth", "\"basic_auth\" cannot stand beside \"username\" and \"password\"");
        foreach (string key in (string[])["authorization", "oauth2"])
        {
            if (Token is { IsEmpty: false } && Origin.Has(key)) errors.Add(this, key, $"\"{key}\" cannot stand beside a \"token\"");
        }
    }
}
