namespace Streamline.Pipeline.Config;

/// <summary>Targets from the instances of one zone of Google Compute Engine (reference D19). Credentials are Google's application default ones.</summary>
internal sealed record GceSdConfig : ConfigNode
{
    [RequiredKey]
    public string Project { get; init; } = "";

    [RequiredKey]
    public string Zone { get; init; } = "";

    /// <summary>In the syntax of the API's own filter.</summary>
    [LiteralText]
    public string Filter { get; init; } = "";

    public string TagSeparator { get; init; } = ",";
    public int Port { get; init; } = 80;
    public TimeSpan RefreshInterval { get; init; } = TimeSpan.FromMinutes(1);

    public override void Check(ConfigErrors errors) => DiscoveryChecks.RequireInterval(this, RefreshInterval, errors);
}
