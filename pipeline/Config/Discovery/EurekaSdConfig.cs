namespace Streamline.Pipeline.Config;

/// <summary>Targets from a Eureka registry (reference D21).</summary>
internal sealed record EurekaSdConfig : ConfigNode
{
    [RequiredKey]
    public string Server { get; init; } = "";

    public TimeSpan RefreshInterval { get; init; } = TimeSpan.FromSeconds(30);

    [Inline]
    public HttpClientConfig Http { get; init; } = new();

    public override void Check(ConfigErrors errors)
    {
        DiscoveryChecks.RequireInterval(this, RefreshInterval, errors);
        DiscoveryChecks.RequireAddress(this, "server", Server, errors);
    }
}
