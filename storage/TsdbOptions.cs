using System.Diagnostics.Metrics;
using Streamline.Storage.Compaction;
using Streamline.Storage.Encoding;
using Streamline.Storage.Files;

namespace Streamline.Storage;

/// <summary>How a time-series database is opened. Durations are milliseconds.</summary>
public sealed record TsdbOptions
{
    /// <summary>Data directory; made when missing.</summary>
    public required string Path { get; init; }

    /// <summary>Clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Where metrics (<c>prometheus_tsdb_*</c>) are published; null publishes nothing.</summary>
    public Meter? Meter { get; init; }

    /// <summary>Length of a head block, 2 h as in Prometheus (<c>--storage.tsdb.min-block-duration</c>).</summary>
    public long BlockDurationMs { get; init; } = 2 * 3600 * 1000;

    /// <summary>Longest block that compaction makes (<c>--storage.tsdb.max-block-duration</c>); 0 is a tenth of the retention, at most 31 days.</summary>
    public long MaxBlockDurationMs { get; init; }

    /// <summary>Blocks wholly older than this, counted from the newest sample in blocks, are deleted; 0 keeps all.</summary>
    public long RetentionMs { get; init; } = 15L * 24 * 3600 * 1000;

    /// <summary>Most bytes of log and blocks together; the oldest blocks go first (<c>--storage.tsdb.retention.size</c>). 0 sets no limit.</summary>
    public long RetentionBytes { get; init; }

    /// <summary>The same as a share of the file system, 0 to 100; it takes the place of <see cref="RetentionBytes"/> where the file system's size is known.</summary>
    public double RetentionPercentage { get; init; }

    /// <summary>Size of the file system that holds a path, 0 when it is not known. Tests put another in its place.</summary>
    internal Func<string, long> FileSystemBytes { get; init; } = DiskSpace.TotalBytes;

    /// <summary>Kind of the file system that holds a path. Tests put another in its place.</summary>
    internal Func<string, string> FileSystemFormat { get; init; } = DiskSpace.FormatOf;

    /// <summary>The file system; tests put one in its place that fails when they want it to.</summary>
    internal DataFiles Files { get; init; } = DataFiles.Disk;

    /// <summary>
    /// How far behind the head's newest sample one may be and still be taken although its series has newer ones (<c>out_of_order_time_window</c>); 0 for not at
    /// all. Changes go to <see cref="Tsdb.OutOfOrderWindowMs"/>.
    /// </summary>
    public long OutOfOrderWindowMs { get; init; }

    /// <summary>Most exemplars kept (<c>storage.exemplars.max_exemplars</c> where the feature exemplar-storage is on); 0 keeps none. Changes go to <see cref="Tsdb.MaxExemplars"/>.</summary>
    public long MaxExemplars { get; init; }

    /// <summary>How floats are encoded in new blocks. Changes go to <see cref="Tsdb.FloatChunks"/>.</summary>
    public FloatChunkEncoding FloatChunks { get; init; }

    /// <summary>The share of stale series in the head, 0 to 1, from which on they are compacted early (<c>stale_series_compaction_threshold</c>); 0 for never. Changes go to <see cref="Tsdb.StaleSeriesThreshold"/>.</summary>
    public double StaleSeriesThreshold { get; init; }

    /// <summary>Most bytes of decoded chunks kept for the next queries; 0 keeps none. Changes go to <see cref="Tsdb.DecodedChunkBytes"/>.</summary>
    public long DecodedChunkBytes { get; init; } = 64 << 20;

    /// <summary>WAL segment size in bytes.</summary>
    public int WalSegmentBytes { get; init; } = 128 << 20;

    /// <summary>How WAL records are packed (<c>--storage.tsdb.wal-compression-type</c>); all kinds are read, whatever is written.</summary>
    public WalCompression WalCompression { get; init; } = WalCompression.Snappy;

    /// <summary>Bytes of full late chunks that go to a file together. Tests make it small.</summary>
    internal int MapOutLateBytes { get; init; } = 64 << 10;

    /// <summary>The zstd library, null when there is none. Tests take it away.</summary>
    internal Zstd? Zstd { get; init; } = Zstd.Installed;

    /// <summary>When the WAL is forced to the disk itself; a written record survives kill -9 under every policy.</summary>
    public FsyncPolicy Fsync { get; init; } = FsyncPolicy.Interval;

    /// <summary>Takes no lock file (<c>--storage.tsdb.no-lockfile</c>): somebody else sees to it that nobody has the directory open too.</summary>
    public bool NoLockFile { get; init; }

    /// <summary>Size of a chunk segment file in a block (<c>--storage.tsdb.max-block-chunk-segment-size</c>).</summary>
    public int MaxChunkSegmentBytes { get; init; } = 512 << 20;

    /// <summary>Whether blocks that overlap are compacted together (<c>--storage.tsdb.allow-overlapping-compaction</c>).</summary>
    public bool MergesOverlapping { get; init; } = true;

    /// <summary>Blocks that must not be compacted yet, such as those that an uploader has not got; asked by the thread that maintains.</summary>
    public Func<BlockInfo, bool>? HoldsBack { get; init; }

    /// <summary>A cut of the head waits for a time by chance, up to this share of a block's length in percent (Prometheus's delayed-compaction).</summary>
    public int CutDelayPercent { get; init; }

    /// <summary>Opens without the lock file and without writing anything: for exports beside a running server.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>Receives log lines: level, message.</summary>
    public Action<TsdbLogLevel, string>? Log { get; init; }
}
