namespace Streamline.Pipeline.Config;

/// <summary>Targets from the servers of an IONOS data center (reference D23).</summary>
internal sealed record IonosSdConfig : ConfigNode
{
    [RequiredKey]
    public string DatacenterId { get; init; } = "";

    public int Port { get; init; } = 80;
    public TimeSpan RefreshInterval { get; init; } = TimeSpan.FromMinutes(1);

    [Inline]
    public HttpClientConfig Http { get; init; } = new();

    public override void Check(ConfigErrors errors) => DiscoveryChecks.RequireInterval(this, RefreshInterval, errors);
}
