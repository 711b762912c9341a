namespace Streamline.Pipeline.Config;

/// <summary>Targets from the resources that a PuppetDB query finds (reference D32).</summary>
internal sealed record PuppetDbSdConfig : ConfigNode
{
    [RequiredKey]
    public string Url { get; init; } = "";

    /// <summary>In the Puppet query language.</summary>
    [RequiredKey, LiteralText]
    public string Query { get; init; } = "";

    /// <summary>Parameters as labels: they may hold secrets.</summary>
    public bool IncludeParameters { get; init; }

    public int Port { get; init; } = 80;
    public TimeSpan RefreshInterval { get; init; } = TimeSpan.FromMinutes(1);

    [Inline]
    public HttpClientConfig Http { get; init; } = new();

    public override void Check(ConfigErrors errors)
    {
        DiscoveryChecks.RequireInterval(this, RefreshInterval, errors);
        DiscoveryChecks.RequireAddress(this, "url", Url, errors);
    }
}
