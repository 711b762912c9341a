namespace Streamline.Pipeline.Config;

/// <summary>Targets from a Docker Swarm (reference D12).</summary>
internal sealed record DockerSwarmSdConfig : ConfigNode
{
    /// <summary>Of a manager: <c>unix:///path</c>, <c>tcp://</c>, <c>http://</c> or <c>https://</c>.</summary>
    [RequiredKey]
    public string Host { get; init; } = "";

    [RequiredKey]
    public SwarmRole Role { get; init; }

    /// <summary>For what publishes no TCP port.</summary>
    public int Port { get; init; } = 80;

    public IReadOnlyList<DiscoveryFilter> Filters { get; init; } = [];
    public TimeSpan RefreshInterval { get; init; } = TimeSpan.FromMinutes(1);

    [Inline]
    public HttpClientConfig Http { get; init; } = new();

    public override void Check(ConfigErrors errors) => DiscoveryChecks.RequireInterval(this, RefreshInterval, errors);
}

/// <summary>What is listed of a swarm.</summary>
internal enum SwarmRole
{
    [Key("services")]
    Services,

    [Key("tasks")]
    Tasks,

    [Key("nodes")]
    Nodes,
}
