namespace Streamline.Pipeline.Config;

/// <summary>Bounds of the whole process.</summary>
internal sealed record LimitsConfig : ConfigNode
{
    /// <summary>A share of the cgroup or the machine (<c>60%</c>) or a size (<c>2GB</c>).</summary>
    public MemoryLimit Memory { get; init; } = new(0.6, 0);
}

/// <summary>A share of the memory there is, or bytes: the other is 0.</summary>
internal readonly record struct MemoryLimit(double Share, long Bytes);

/// <summary>server, or agent: scrape, WAL and remote write only.</summary>
internal enum RunMode
{
    [Key("server")]
    Server,

    [Key("agent")]
    Agent,
}
