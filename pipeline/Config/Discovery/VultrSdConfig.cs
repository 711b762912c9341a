namespace Streamline.Pipeline.Config;

/// <summary>Targets from Vultr's instances (reference D37).</summary>
internal sealed record VultrSdConfig : ConfigNode
{
    public int Port { get; init; } = 80;
    public TimeSpan RefreshInterval { get; init; } = TimeSpan.FromMinutes(1);

    [Inline]
    public HttpClientConfig Http { get; init; } = new();

    public override void Check(ConfigErrors errors) => DiscoveryChecks.RequireInterval(this, RefreshInterval, errors);
}
