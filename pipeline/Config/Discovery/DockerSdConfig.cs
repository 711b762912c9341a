namespace Streamline.Pipeline.Config;

/// <summary>Targets from the containers of a Docker engine (reference D11).</summary>
internal sealed record DockerSdConfig : ConfigNode
{
    /// <summary>Of the engine: <c>unix:///path</c>, <c>tcp://</c>, <c>http://</c> or <c>https://</c>.</summary>
    [RequiredKey]
    public string Host { get; init; } = "";

    /// <summary>For containers without an exposed TCP port.</summary>
    public int Port { get; init; } = 80;

    public IReadOnlyList<DiscoveryFilter> Filters { get; init; } = [];
    public string HostNetworkingHost { get; init; } = "localhost";
    public bool MatchFirstNetwork { get; init; } = true;
    public TimeSpan RefreshInterval { get; init; } = TimeSpan.FromMinutes(1);

    [Inline]
    public HttpClientConfig Http { get; init; } = new();

    public override void Check(ConfigErrors errors) => DiscoveryChecks.RequireInterval(this, RefreshInterval, errors);
}
