namespace Streamline.Pipeline.Config;

/// <summary>Targets from the instances of AWS EC2 (reference D13).</summary>
internal sealed record Ec2SdConfig : ConfigNode
{
    /// <summary>When empty, that of the environment, the profile or the instance's metadata.</summary>
    public string Region { get; init; } = "";

    /// <summary>In place of the region's own.</summary>
    public string Endpoint { get; init; } = "";

    public string AccessKey { get; init; } = "";
    public Secret? SecretKey { get; init; }

    /// <summary>Of AWS's shared files.</summary>
    public string Profile { get; init; } = "";

    /// <summary>A role that is taken on with the credentials.</summary>
    public string RoleArn { get; init; } = "";

    public string ExternalId { get; init; } = "";
    public IReadOnlyList<DiscoveryFilter> Filters { get; init; } = [];
    public int Port { get; init; } = 80;
    public TimeSpan RefreshInterval { get; init; } = TimeSpan.FromMinutes(1);

    [Inline]
    public HttpClientConfig Http { get; init; } = new();

    public override void Check(ConfigErrors errors)
    {
        DiscoveryChecks.RequireInterval(this, RefreshInterval, errors);
        foreach (var filter in Filters.Where(filter => filter.Values.Count == 0)) errors.Add(filter, "values", "a filter needs at least one value");
    }
}
