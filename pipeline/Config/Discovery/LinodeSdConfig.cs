namespace Streamline.Pipeline.Config;

/// <summary>Targets from Linode's instances (reference D25).</summary>
internal sealed record LinodeSdConfig : ConfigNode
{
    /// <summary>Only instances of this region; all when empty.</summary>
    public string Region { get; init; } = "";

    public string TagSeparator { get; init; } = ",";
    public int Port { get; init; } = 80;
    public TimeSpan RefreshInterval { get; init; } = TimeSpan.FromMinutes(1);

    [Inline]
    public HttpClientConfig Http { get; init; } = new();

    public override void Check(ConfigErrors errors) => DiscoveryChecks.RequireInterval(this, RefreshInterval, errors);
}
