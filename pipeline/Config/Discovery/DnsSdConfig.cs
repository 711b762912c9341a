namespace Streamline.Pipeline.Config;

/// <summary>Targets from DNS records (reference D7).</summary>
internal sealed record DnsSdConfig : ConfigNode
{
    [RequiredKey]
    public IReadOnlyList<string> Names { get; init; } = [];

    public DnsRecordType Type { get; init; } = DnsRecordType.Srv;

    /// <summary>Not used by SRV records, which tell their port.</summary>
    public int Port { get; init; }

    public TimeSpan RefreshInterval { get; init; } = TimeSpan.FromSeconds(30);

    public override void Check(ConfigErrors errors)
    {
        DiscoveryChecks.RequireInterval(this, RefreshInterval, errors);
        bool hasFailed = Origin.Failed.Contains("type") || Origin.Failed.Contains("port");
        if (Type != DnsRecordType.Srv && Port == 0 && !hasFailed) errors.Add(this, "port", "\"port\" is needed for all records but SRV");
    }
}

/// <summary>Records that targets are made of; written in any case.</summary>
[AnyCase]
internal enum DnsRecordType
{
    [Key("SRV")]
    Srv,

    [Key("A")]
    A,

    [Key("AAAA")]
    Aaaa,

    [Key("MX")]
    Mx,

    [Key("NS")]
    Ns,
}
