namespace Streamline.Pipeline.Config;

/// <summary>Targets from Hetzner's servers, dedicated or in the cloud (reference D22).</summary>
internal sealed record HetznerSdConfig : ConfigNode
{
    [RequiredKey]
    public HetznerRole Role { get; init; }

    /// <summary>Of the cloud: only servers with such labels.</summary>
    public string LabelSelector { get; init; } = "";

    public int Port { get; init; } = 80;
    public TimeSpan RefreshInterval { get; init; } = TimeSpan.FromMinutes(1);

    [Inline]
    public HttpClientConfig Http { get; init; } = new();

    public override void Check(ConfigErrors errors) => DiscoveryChecks.RequireInterval(this, RefreshInterval, errors);
}

/// <summary>Which of the two APIs is asked.</summary>
internal enum HetznerRole
{
    [Key("robot")]
    Robot,

    [Key("hcloud")]
    Hcloud,
}
