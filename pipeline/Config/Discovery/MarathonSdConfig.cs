namespace Streamline.Pipeline.Config;

/// <summary>Targets from Marathon's apps (reference D26).</summary>
internal sealed record MarathonSdConfig : ConfigNode
{
    /// <summary>Any one of them is asked each time.</summary>
    [RequiredKey]
    public IReadOnlyList<string> Servers { get; init; } = [];

    /// <summary>For DC/OS, which has its own form of the header.</summary>
    public Secret? AuthToken { get; init; }

    [Path]
    public string AuthTokenFile { get; init; } = "";

    public TimeSpan RefreshInterval { get; init; } = TimeSpan.FromSeconds(30);

    [Inline]
    public HttpClientConfig Http { get; init; } = new();

    public override void Check(ConfigErrors errors)
    {
        DiscoveryChecks.RequireInterval(this, RefreshInterval, errors);
        HttpChecks.AtMostOne(this, errors, "auth_token", "auth_token_file");
        if (AuthToken is null or { IsEmpty: true } && AuthTokenFile.Length == 0) return;
        foreach (string key in (string[])["basic_auth", "bearer_token", "bearer_token_file", "authorization"])
        {
            if (Origin.Has(key)) errors.Add(this, key, $"\"{key}\" cannot stand beside an auth_token");
        }
    }
}
