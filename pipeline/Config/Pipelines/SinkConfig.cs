using Streamline.Storage;

namespace Streamline.Pipeline.Config;

/// <summary>Where samples go besides the database: exactly one of the kinds is set.</summary>
[Choice("sink")]
internal sealed record SinkConfig : ConfigNode
{
    [NotBound]
    public string Name { get; init; } = "";

    [NoEffectYet]
    public RemoteWriteConfig? RemoteWrite { get; init; }
    public ParquetSinkConfig? Parquet { get; init; }

    /// <summary>Selectors; a series that matches any of them is taken, all series when empty.</summary>
    [Beside, LiteralText]
    public OneOrMany Match { get; init; } = OneOrMany.None;

    [Beside]
    public IReadOnlyList<RelabelConfig> WriteRelabelConfigs { get; init; } = [];

    /// <summary>remote_write, parquet.</summary>
    [NotBound]
    public string Kind => RemoteWrite is not null ? "remote_write" : "parquet";

    public override void Check(ConfigErrors errors) => ExpressionChecks.CheckSelectors(this, "match", Match, errors);
}

/// <summary>A table of Parquet files.</summary>
internal sealed record ParquetSinkConfig : ConfigNode
{
    /// <summary>A folder or, in time, an <c>s3://</c> address.</summary>
    [RequiredKey, Path]
    public string Path { get; init; } = "";

    /// <summary>Directory levels, outermost first: date, hour.</summary>
    public IReadOnlyList<PartitionKey> Partition { get; init; } = [PartitionKey.Date, PartitionKey.Hour];

    /// <summary>Labels that get a column of their own.</summary>
    public IReadOnlyList<string> Promote { get; init; } = ["job", "instance"];

    /// <summary>Cap on the blocks that wait in the outbox; 0 is none.</summary>
    public ByteSize MaxBacklog { get; init; } = new(10L << 30);
}

/// <summary>What a directory level of the lake is named after (UTC of the sample).</summary>
internal enum PartitionKey
{
    [Key("date")]
    Date,

    [Key("hour")]
    Hour,
}
