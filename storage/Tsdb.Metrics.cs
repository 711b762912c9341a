using System.Diagnostics.Metrics;
using Streamline.Storage.Head;
using Streamline.Storage.Wal;

namespace Streamline.Storage;

/// <summary>Prometheus's names for what storage can say of itself. Instruments live as long as the host's meter.</summary>
public sealed partial class Tsdb
{
    private readonly TsdbMetrics _metrics;
    private readonly TimeSpan _replayTime;

    private void PublishMetrics()
    {
        if (_options.Meter is not { } meter) return;
        PublishHead(meter, _head.Counters);
        PublishWal(meter, _walCounters);
        PublishBlocks(meter);
    }

    private void PublishHead(Meter meter, HeadCounters counters)
    {
        Gauge(meter, "prometheus_tsdb_head_series", "Total number of series in the head block.", () => _head.Series.Count);
        Gauge(meter, "prometheus_tsdb_head_chunks", "Total number of chunks in the head block.", () => _head.ChunkCount);
        Gauge(meter, "prometheus_tsdb_head_min_time_seconds", "Minimum time bound of the head block.", () => _head.MinTime / 1000);
        Gauge(meter, "prometheus_tsdb_head_max_time_seconds", "Maximum timestamp of the head block.", () => _head.MaxTime / 1000);
        Gauge(meter, "prometheus_tsdb_isolation_high_watermark", "The highest TSDB append ID that has been given out.", () => _head.CommitId);
        Gauge(meter, "prometheus_tsdb_isolation_low_watermark", "The lowest TSDB append ID that is still referenced.", () => _head.OldestReader);
        Gauge(meter, "prometheus_tsdb_clean_start", "-1: lockfile is disabled. 0: a lockfile from a previous execution was replaced. 1: lockfile creation was clean", () => _lock is null ? -1 : _lock.FoundFile ? 0 : 1);
        Gauge(meter, "prometheus_tsdb_lowest_timestamp_seconds", "Lowest timestamp value stored in the database.", () => LowestTime() / 1000);
        meter.CreateObservableGauge("prometheus_tsdb_data_replay_duration_seconds", () => _replayTime.TotalSeconds, "s", "Time taken to replay the data on disk.");
        Count(meter, "prometheus_tsdb_head_series_created_total", "Total number of series created in the head", counters.SeriesCreated);
        Count(meter, "prometheus_tsdb_head_series_removed_total", "Total number of series removed in the head", counters.SeriesRemoved);
        Count(meter, "prometheus_tsdb_head_series_not_found_total", "Total number of requests for series that were not found.", counters.StaleHandles);
        Count(meter, "prometheus_tsdb_head_chunks_created_total", "Total number of chunks created in the head", counters.ChunksCreated);
        Count(meter, "prometheus_tsdb_head_chunks_removed_total", "Total number of chunks removed in the head", counters.ChunksRemoved);
        Count(meter, "prometheus_tsdb_head_truncations_total", "Total number of head truncations attempted.", counters.Truncations);
        Count(meter, "prometheus_tsdb_out_of_bound_samples_total", "Total number of out of bound samples ingestion failed attempts.", counters.OutOfBounds, "float");
        Count(meter, "prometheus_tsdb_out_of_order_samples_total", "Total number of out of order samples ingestion failed attempts.", counters.OutOfOrder, "float");
        Count(meter, "prometheus_tsdb_head_samples_appended_total", "Total number of appended samples.", counters.SamplesAppended, "float");
    }

    private void PublishWal(Meter meter, WalCounters counters)
    {
        Gauge(meter, "prometheus_tsdb_wal_segment_current", "Write log segment index that TSDB is currently writing to.", () => _head.Wal?.Segment ?? -1);
        Gauge(meter, "prometheus_tsdb_wal_storage_size_bytes", "Size of the write log directory.", () => WalDirectory.Bytes(WalPath));
        Count(meter, "prometheus_tsdb_wal_page_flushes_total", "Total number of page flushes.", counters.PageFlushes);
        Count(meter, "prometheus_tsdb_wal_writes_failed_total", "Total number of write log writes that failed.", counters.WritesFailed);
        Count(meter, "prometheus_tsdb_wal_corruptions_total", "Total number of WAL corruptions.", counters.Corruptions);
        Count(meter, "prometheus_tsdb_wal_truncations_total", "Total number of write log truncations attempted.", counters.Truncations);
        Count(meter, "prometheus_tsdb_wal_truncations_failed_total", "Total number of write log truncations that failed.", counters.TruncationsFailed);
        Count(meter, "prometheus_tsdb_checkpoint_creations_total", "Total number of checkpoint creations attempted.", counters.Checkpoints);
        Count(meter, "prometheus_tsdb_checkpoint_creations_failed_total", "Total number of checkpoint creations that failed.", counters.CheckpointsFailed);
        Count(meter, "prometheus_tsdb_wal_replay_unknown_refs_total", "Total number of unknown series references encountered during WAL replay.", _head.Counters.UnknownRefs, "samples");
    }

    private void PublishBlocks(Meter meter)
    {
        Gauge(meter, "prometheus_tsdb_blocks_loaded", "Number of currently loaded data blocks", () => _blocks.All.Length);
        Gauge(meter, "prometheus_tsdb_retention_limit_seconds", "How long to retain samples in storage.", () => _options.RetentionMs / 1000);
        Count(meter, "prometheus_tsdb_reloads_total", "Number of times the database reloaded block data from disk.", _blocks.Reloads);
        Count(meter, "prometheus_tsdb_reloads_failures_total", "Number of times the database failed to reload block data from disk.", _reloadsFailed);
        Count(meter, "prometheus_tsdb_compactions_total", "Total number of compactions that were executed for the partition.", _compactions);
        Count(meter, "prometheus_tsdb_compactions_triggered_total", "Total number of triggered compactions for the partition.", _compactionsTriggered);
        Count(meter, "prometheus_tsdb_vertical_compactions_total", "Total number of compactions done on overlapping blocks.", _verticalCompactions);
        Count(meter, "prometheus_tsdb_compactions_failed_total", "Total number of compactions that failed for the partition.", _compactionsFailed);
        Gauge(meter, "prometheus_tsdb_retention_limit_bytes", "Max number of bytes to be retained in the tsdb blocks, configured 0 means disabled", () => _options.RetentionBytes);
        Gauge(meter, "prometheus_tsdb_storage_blocks_bytes", "The number of bytes that are currently used for local storage by all blocks.", () => _blocks.All.Sum(b => b.Bytes));
        Count(meter, "prometheus_tsdb_size_retentions_total", "The number of times that blocks were deleted because the maximum number of bytes was exceeded.", _blocks.SizeRetentions);
        Count(meter, "prometheus_tsdb_time_retentions_total", "The number of times that blocks were deleted because the maximum time limit was exceeded.", _blocks.TimeRetentions);
    }

    private long LowestTime() => Math.Min(_head.MinTime, _blocks.All is [var first, ..] ? first.Meta.MinTimeMs : long.MaxValue);

    private static void Gauge(Meter meter, string name, string help, Func<long> read) => meter.CreateObservableGauge(name, read, null, help);

    private static void Count(Meter meter, string name, string help, Counter counter, string? type = null)
    {
        if (type is null) meter.CreateObservableCounter(name, () => counter.Value, null, help);
        else meter.CreateObservableCounter(name, () => new Measurement<long>(counter.Value, new KeyValuePair<string, object?>("type", type)), null, help);
    }
}
