using Streamline.Storage;

namespace Streamline.Pipeline.Config;

/// <summary>The <c>storage</c> section.</summary>
internal sealed record StorageConfig : ConfigNode
{
    public TsdbConfig Tsdb { get; init; } = new();

    public ExemplarsConfig Exemplars { get; init; } = new();
}

/// <summary>The time-series database.</summary>
internal sealed record TsdbConfig : ConfigNode
{
    public TimeSpan OutOfOrderTimeWindow { get; init; }

    internal long OutOfOrderWindowMs => (long)OutOfOrderTimeWindow.TotalMilliseconds;

    /// <summary>Null: the flags decide.</summary>
    public RetentionConfig? Retention { get; init; }

    /// <summary>The write-ahead log; ours, Prometheus has no such section.</summary>
    public WalConfig Wal { get; init; } = new();

    /// <summary>0 for never.</summary>
    public double StaleSeriesCompactionThreshold { get; init; }

    public ChunkEncodingConfig ChunkEncoding { get; init; } = new();

    public override void Check(ConfigErrors errors)
    {
        if (StaleSeriesCompactionThreshold is not (>= 0 and <= 1)) errors.Add(this, "stale_series_compaction_threshold", "must be between 0 and 1");
    }
}

/// <summary>The write-ahead log.</summary>
internal sealed record WalConfig : ConfigNode
{
    /// <summary>What a loss of power may take: nothing that was acknowledged (<c>commit</c>), the last second, or more (<c>never</c>).</summary>
    public WalFsync Fsync { get; init; } = WalFsync.Interval;

    internal FsyncPolicy Policy => Fsync switch
    {
        WalFsync.Never => FsyncPolicy.Never,
        WalFsync.Interval => FsyncPolicy.Interval,
        WalFsync.Commit => FsyncPolicy.Commit,
    };
}

/// <summary>When the log is forced to the disk.</summary>
internal enum WalFsync
{
    [Key("never")]
    Never,

    [Key("interval")]
    Interval,

    [Key("commit")]
    Commit,
}

/// <summary>Retention; each value over its flag, 0 or unset leaves it to the flag.</summary>
internal sealed record RetentionConfig : ConfigNode
{
    public TimeSpan Time { get; init; }
    public ByteSize Size { get; init; }
    public double Percentage { get; init; }

    public override void Check(ConfigErrors errors)
    {
        if (Percentage is not (>= 0 and <= 100)) errors.Add(this, "percentage", "must be between 0 and 100");
    }
}

/// <summary>Encoding of new float chunks.</summary>
internal sealed record ChunkEncodingConfig : ConfigNode
{
    /// <summary>Null: the feature xor2-encoding decides.</summary>
    [BlankIsDefault]
    public FloatEncoding? Floats { get; init; }

    internal FloatChunkEncoding FloatsOf(bool isXor2Default) => Floats switch
    {
        FloatEncoding.Xor => FloatChunkEncoding.Xor,
        FloatEncoding.Xor2 => FloatChunkEncoding.Xor2,
        null => isXor2Default ? FloatChunkEncoding.Xor2 : FloatChunkEncoding.Xor,
    };
}

/// <summary>Float chunk encodings.</summary>
internal enum FloatEncoding
{
    [Key("xor")]
    Xor,

    [Key("xor2")]
    Xor2,
}

/// <summary>Exemplars kept in memory.</summary>
internal sealed record ExemplarsConfig : ConfigNode
{
    /// <summary>0 or less keeps none.</summary>
    public long MaxExemplars { get; init; } = 100_000;
}
