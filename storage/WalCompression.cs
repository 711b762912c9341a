namespace Streamline.Storage;

/// <summary>How WAL records are packed.</summary>
public enum WalCompression
{
    /// <summary>Not at all (<c>--no-storage.tsdb.wal-compression</c>).</summary>
    None,

    /// <summary>Snappy blocks: the default, read by every Prometheus.</summary>
    Snappy,

    /// <summary>Zstandard frames, read by Prometheus since 2.46; needs libzstd.</summary>
    Zstd,
}
