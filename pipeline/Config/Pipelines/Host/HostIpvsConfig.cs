namespace Streamline.Pipeline.Config;

/// <summary>Settings of the collector ipvs.</summary>
internal sealed record HostIpvsConfig : ConfigNode
{
    /// <summary>Labels of backends; those that the labels left do not tell apart are added up.</summary>
    public IReadOnlyList<IpvsLabel> BackendLabels { get; init; } = Enum.GetValues<IpvsLabel>();
}

/// <summary>What a backend of IPVS may be labelled by.</summary>
internal enum IpvsLabel
{
    [Key("local_address")]
    LocalAddress,

    [Key("local_port")]
    LocalPort,

    [Key("remote_address")]
    RemoteAddress,

    [Key("remote_port")]
    RemotePort,

    [Key("proto")]
    Proto,

    [Key("local_mark")]
    LocalMark,
}
