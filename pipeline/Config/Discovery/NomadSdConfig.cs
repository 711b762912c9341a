namespace Streamline.Pipeline.Config;

/// <summary>Targets from Nomad's own services (reference D10).</summary>
internal sealed record NomadSdConfig : ConfigNode
{
    public string Server { get; init; } = "http://localhost:4646";
    public string Namespace { get; init; } = "default";
    public string Region { get; init; } = "global";
    public bool AllowStale { get; init; } = true;
    public string TagSeparator { get; init; } = ",";
    public TimeSpan RefreshInterval { get; init; } = TimeSpan.FromMinutes(1);

    [Inline]
    public HttpClientConfig Http { get; init; } = new();

    public override void Check(ConfigErrors errors)
    {
        DiscoveryChecks.RequireInterval(this, RefreshInterval, errors);
        if (string.IsNullOrWhiteSpace(Server)) errors.Add(this, "server", "\"server\" must not be empty");
    }
}
