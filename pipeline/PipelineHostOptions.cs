using Microsoft.Extensions.Logging;
using Streamline.Query;
using Streamline.Storage;

namespace Streamline.Pipeline;

/// <summary>What a host is opened with: files, flags that reach below the web server, clock and log.</summary>
public sealed record PipelineHostOptions
{
    /// <summary>pipeline.yaml or prometheus.yml.</summary>
    public required string ConfigFile { get; init; }

    /// <summary>Data directory, <c>--storage.tsdb.path</c>.</summary>
    public required string DataPath { get; init; }

    /// <summary>
    /// How long samples are kept, ms; the configuration's own retention wins (<c>--storage.tsdb.retention.time</c>). 0 is 15 days, or no limit of time when
    /// there is one of size.
    /// </summary>
    public long RetentionMs { get; init; }

    /// <summary>Most bytes of log and blocks; the configuration's own retention wins (<c>--storage.tsdb.retention.size</c>). 0 sets no limit.</summary>
    public long RetentionBytes { get; init; }

    /// <summary>Longest block, ms; 0 follows the retention (<c>--storage.tsdb.max-block-duration</c>).</summary>
    public long MaxBlockDurationMs { get; init; }

    /// <summary>Length of a head block, ms (<c>--storage.tsdb.min-block-duration</c>).</summary>
    public long BlockDurationMs { get; init; } = 2 * 3600 * 1000;

    /// <summary>Size of a WAL segment (<c>--storage.tsdb.wal-segment-size</c>).</summary>
    public int WalSegmentBytes { get; init; } = 128 << 20;

    /// <summary>How WAL records are packed (<c>--storage.tsdb.wal-compression-type</c>).</summary>
    public WalCompression WalCompression { get; init; } = WalCompression.Snappy;

    /// <summary>Takes no lock file (<c>--storage.tsdb.no-lockfile</c>).</summary>
    public bool NoLockFile { get; init; }

    /// <summary>Size of a chunk segment file in a block (<c>--storage.tsdb.max-block-chunk-segment-size</c>).</summary>
    public int MaxChunkSegmentBytes { get; init; } = 512 << 20;

    /// <summary>Whether blocks that overlap are compacted together (<c>--storage.tsdb.allow-overlapping-compaction</c>).</summary>
    public bool MergesOverlapping { get; init; } = true;

    /// <summary>File that lists the blocks which an uploader has; others wait for compaction (<c>--storage.tsdb.delay-compact-file.path</c>). Empty: none waits.</summary>
    public string DelayCompactFile { get; init; } = "";

    /// <summary>Longest delay of a head's cut, percent of a block, with the feature delayed-compaction (<c>--storage.tsdb.delayed-compaction.max-percent</c>).</summary>
    public int CutDelayPercent { get; init; } = 10;

    /// <summary>How often blocks placed by hand are looked for, at least (<c>--storage.tsdb.block-reload-interval</c>).</summary>
    public TimeSpan BlockReloadInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Limits of queries; the subquery step and the meter are the host's.</summary>
    public QueryEngineOptions Query { get; init; } = new();

    /// <summary>Accept remote write although no pipeline names it (<c>--web.enable-remote-write-receiver</c>).</summary>
    public bool RemoteWriteReceiver { get; init; }

    /// <summary>Accept OTLP although no pipeline names it (<c>--web.enable-otlp-receiver</c>).</summary>
    public bool OtlpReceiver { get; init; }

    /// <summary>Where people and links reach the server; the <c>instance</c> of the self and host sources has its port.</summary>
    public Uri ExternalUrl { get; init; } = new("http://localhost:9090");

    /// <summary>Least time between two sends of one alert, ms (<c>--rules.alert.resend-delay</c>).</summary>
    public long ResendDelayMs { get; init; } = 60_000;

    /// <summary>Features switched on (<c>--enable-feature</c>).</summary>
    public IReadOnlyCollection<string> Features { get; init; } = [];

    /// <summary>How often the configuration's files are checked for a change (<c>--config.auto-reload-interval</c>); zero never.</summary>
    public TimeSpan AutoReloadInterval { get; init; }

    /// <summary>Clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Log.</summary>
    public required ILoggerFactory Logs { get; init; }
}
