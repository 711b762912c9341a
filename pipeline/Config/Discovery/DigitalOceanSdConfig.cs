namespace Streamline.Pipeline.Config;

/// <summary>Targets from DigitalOcean's droplets or databases (reference D20).</summary>
internal sealed record DigitalOceanSdConfig : ConfigNode
{
    public DigitalOceanRole Role { get; init; } = DigitalOceanRole.Droplets;
    public int Port { get; init; } = 80;
    public TimeSpan RefreshInterval { get; init; } = TimeSpan.FromMinutes(1);

    [Inline]
    public HttpClientConfig Http { get; init; } = new();

    public override void Check(ConfigErrors errors) => DiscoveryChecks.RequireInterval(this, RefreshInterval, errors);
}

/// <summary>What is listed.</summary>
internal enum DigitalOceanRole
{
    [Key("droplets")]
    Droplets,

    [Key("databases")]
    Databases,
}
