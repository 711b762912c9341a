namespace Streamline.Pipeline.Config;

/// <summary>Bounds of the whole process.</summary>
internal sealed record LimitsConfig : ConfigNode
{
    /// <summary>A share of the cgroup or the machine (<c>60%</c>) or a size (<c>2GB</c>).</summary>
    public MemoryLimit Memory { get; init; } = new(0.6, 0);

    /// <summary>What all queries may hold together; half of <see cref="Memory"/> when not given.</summary>
    public MemoryLimit? MemoryForQueries { get; init; }

    /// <summary>What one query may hold; half of <see cref="MemoryForQueries"/> when not given.</summary>
    public MemoryLimit? MemoryPerQuery { get; init; }

    /// <summary>A query that takes longer is told in the log; 0 tells of none.</summary>
    public TimeSpan SlowQuery { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Bytes that all queries may hold on a machine or in a cgroup of the given size.</summary>
    public long BytesForQueries(long available) => MemoryForQueries?.Of(available) ?? Memory.Of(available) / 2;

    /// <summary>Bytes that one query may hold.</summary>
    public long BytesPerQuery(long available) => MemoryPerQuery?.Of(available) ?? BytesForQueries(available) / 2;
}

/// <summary>A share of the memory there is, or bytes: the other is 0.</summary>
internal readonly record struct MemoryLimit(double Share, long Bytes)
{
    public long Of(long available) => Bytes > 0 ? Bytes : (long)(available * Share);
}

/// <summary>server, or agent: scrape, WAL and remote write only.</summary>
internal enum RunMode
{
    [Key("server")]
    Server,

    [Key("agent")]
    Agent,
}
