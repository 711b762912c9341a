using System.Diagnostics.Metrics;
using Streamline.Storage.Exemplars;
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
        PublishLog(meter, "prometheus_tsdb_wal", "the log", _walCounters, () => _head.Wal, WalPath);
        PublishLog(meter, "prometheus_tsdb_out_of_order_wbl", "the log of out-of-order samples", _wblCounters, () => _head.Wbl, WblPath);
        PublishWal(meter, _walCounters);
        PublishOutOfOrder(meter, _head.Counters);
        PublishBlocks(meter);
        PublishExemplars(meter, _head.Exemplars);
    }

    private void PublishHead(Meter meter, HeadCounters counters)
    {
        Gauge(meter, "prometheus_tsdb_head_series", "Series in the head.", () => _head.Series.Count);
        Gauge(meter, "prometheus_tsdb_head_stale_series", "Series of the head whose newest sample is a stale marker.", () => _head.StaleSeries);
        Gauge(meter, "prometheus_tsdb_head_chunks", "Chunks in the head.", () => _head.ChunkCount);
        Gauge(meter, "prometheus_tsdb_head_min_time", "Where the head begins, Unix milliseconds.", () => _head.MinTime);
        Gauge(meter, "prometheus_tsdb_head_max_time", "The newest sample of the head, Unix milliseconds.", () => _head.MaxTime);
        Gauge(meter, "prometheus_tsdb_lowest_timestamp", "The oldest sample of blocks and head, Unix milliseconds.", LowestTime);
        Gauge(meter, "prometheus_tsdb_head_active_appenders", "Commits that run or wait.", () => Interlocked.Read(ref _commitsRunning));
        Count(meter, "prometheus_tsdb_snapshot_replay_error_total", "Snapshots of the head that a start could not use.", _snapshotsUnread);
        Gauge(meter, "prometheus_tsdb_head_min_time_seconds", "Where the head begins, Unix seconds.", () => _head.MinTime / 1000);
        Gauge(meter, "prometheus_tsdb_head_max_time_seconds", "The newest sample of the head, Unix seconds.", () => _head.MaxTime / 1000);
        Gauge(meter, "prometheus_tsdb_isolation_high_watermark", "Number of the newest commit.", () => _head.CommitId);
        Gauge(meter, "prometheus_tsdb_isolation_low_watermark", "Number of the oldest commit that a reader still looks back to.", () => _head.OldestReader);
        Gauge(meter, "prometheus_tsdb_clean_start", "1 when the lock file was made anew, 0 when one left behind was taken over, -1 without a lock file.", () => _lock is null ? -1 : _lock.FoundFile ? 0 : 1);
        Gauge(meter, "prometheus_tsdb_lowest_timestamp_seconds", "The oldest sample of blocks and head, Unix seconds.", () => LowestTime() / 1000);
        meter.CreateObservableGauge("prometheus_tsdb_data_replay_duration_seconds", () => _replayTime.TotalSeconds, "s", "Time taken to replay the data on disk.");
        Count(meter, "prometheus_tsdb_head_series_created_total", "Series added to the head.", counters.SeriesCreated);
        Count(meter, "prometheus_tsdb_head_series_removed_total", "Series that left the head.", counters.SeriesRemoved);
        Count(meter, "prometheus_tsdb_head_series_not_found_total", "Samples whose series had left the head.", counters.StaleHandles);
        Count(meter, "prometheus_tsdb_head_chunks_created_total", "Chunks begun in the head.", counters.ChunksCreated);
        Count(meter, "prometheus_tsdb_head_chunks_removed_total", "Chunks that left the head.", counters.ChunksRemoved);
        Count(meter, "prometheus_tsdb_mmap_chunks_total", "Full chunks of the head written to files.", counters.ChunksMapped);
        Count(meter, "prometheus_tsdb_mmap_chunk_corruptions_total", "Damaged places met in head chunk files.", counters.MappedCorruptions);
        Gauge(meter, "prometheus_tsdb_head_chunks_storage_size_bytes", "Bytes of head chunk files.", () => _head.ChunkFiles?.StoredBytes ?? 0);
        Count(meter, "prometheus_tsdb_head_truncations_total", "Times that the head was cut off behind a block.", counters.Truncations);
        CountByType(meter, "prometheus_tsdb_out_of_bound_samples_total", "Samples refused for lying before what the head takes.", counters.OutOfBounds, counters.OutOfBoundHistograms);
        CountByType(meter, "prometheus_tsdb_out_of_order_samples_total", "Samples refused for being older than the newest of their series.", counters.OutOfOrder, counters.OutOfOrderHistograms);
        CountByType(meter, "prometheus_tsdb_head_samples_appended_total", "Samples taken into the head.", counters.SamplesAppended, counters.HistogramsAppended);
        Gauge(meter, "prometheus_tsdb_head_native_histogram_series", "Series of the head whose newest sample is a native histogram.", () => _head.HistogramSeries);
        Gauge(meter, "prometheus_tsdb_head_native_histogram_buckets", "Buckets of the newest native histograms of the head.", () => _head.HistogramBuckets);
    }

    private void PublishOutOfOrder(Meter meter, HeadCounters counters)
    {
        CountByType(meter, "prometheus_tsdb_head_out_of_order_samples_appended_total", "Samples taken out of order.", counters.OutOfOrderAppended, counters.OutOfOrderHistogramsAppended);
        CountByType(meter, "prometheus_tsdb_too_old_samples_total", "Samples refused for being older than the out-of-order window.", counters.TooOld, counters.TooOldHistograms);
        Count(meter, "prometheus_tsdb_wbl_replay_unknown_refs_total", "Series and samples of the log of out-of-order samples met at start whose series is not known.",
            (_wblCounters.UnknownSeries, "series"), (_wblCounters.UnknownSamples, "samples"), (_wblCounters.UnknownHistograms, "histograms"), (_wblCounters.UnknownMarkers, "mmap_markers"));
    }

    private static void PublishLog(Meter meter, string prefix, string what, WalCounters counters, Func<WalWriter?> writer, string path)
    {
        Gauge(meter, prefix + "_segment_current", $"Number of the segment of {what} being written.", () => writer()?.Segment ?? -1);
        Gauge(meter, prefix + "_storage_size_bytes", $"Bytes of {what} on disk.", () => WalDirectory.Bytes(path));
        Count(meter, prefix + "_page_flushes_total", $"Pages of {what} handed to the kernel.", counters.PageFlushes);
        Count(meter, prefix + "_writes_failed_total", $"Writes into {what} that failed.", counters.WritesFailed);
        Count(meter, prefix + "_truncations_total", $"Times that old segments of {what} were to be deleted.", counters.Truncations);
        Count(meter, prefix + "_truncations_failed_total", $"Times that deleting old segments of {what} failed.", counters.TruncationsFailed);
    }

    private void PublishWal(Meter meter, WalCounters counters)
    {
        Count(meter, "streamline_wal_syncs_failed_total", "Times that forcing the log to the disk failed.", counters.SyncsFailed);
        Gauge(meter, "streamline_wal_in_doubt", "1 while samples are refused because the log could not be forced to the disk.", () => _head.Wal?.IsInDoubt == true ? 1 : 0);
        meter.CreateObservableCounter("prometheus_tsdb_wal_corruptions_total", () => counters.Corruptions.Value + _wblCounters.Corruptions.Value, null, "Damaged places met in the logs.");
        Count(meter, "prometheus_tsdb_checkpoint_creations_total", "Checkpoints begun.", counters.Checkpoints);
        Count(meter, "prometheus_tsdb_checkpoint_creations_failed_total", "Checkpoints that failed.", counters.CheckpointsFailed);
        Count(meter, "prometheus_tsdb_checkpoint_deletions_total", "Times that what a checkpoint has replaced was to be deleted.", counters.CheckpointDeletions);
        Count(meter, "prometheus_tsdb_checkpoint_deletions_failed_total", "Times that deleting what a checkpoint has replaced failed.", counters.CheckpointDeletionsFailed);
        Count(meter, "prometheus_tsdb_wal_replay_unknown_refs_total", "Records of the log met at start whose series is not known.", _head.Counters.UnknownRefs, "samples");
    }

    private static void PublishExemplars(Meter meter, ExemplarRing exemplars)
    {
        Count(meter, "prometheus_tsdb_exemplar_exemplars_appended_total", "Exemplars taken in.", exemplars.Appended);
        Count(meter, "prometheus_tsdb_exemplar_out_of_order_exemplars_total", "Exemplars refused for being older than the newest of their series.", exemplars.OutOfOrder);
        Gauge(meter, "prometheus_tsdb_exemplar_exemplars_in_storage", "Exemplars kept.", () => exemplars.Count);
        Gauge(meter, "prometheus_tsdb_exemplar_series_with_exemplars_in_storage", "Series that have exemplars.", () => exemplars.SeriesCount);
        Gauge(meter, "prometheus_tsdb_exemplar_max_exemplars", "Most exemplars that are kept.", () => exemplars.Capacity);
        meter.CreateObservableGauge("prometheus_tsdb_exemplar_last_exemplars_timestamp_seconds", () => exemplars.FirstTimestampMs / 1000.0, null, "Time of the exemplar kept that came first, Unix seconds.");
    }

    private void PublishBlocks(Meter meter)
    {
        Gauge(meter, "streamline_tsdb_decoded_chunks_bytes", "Memory of decoded chunks that are kept for the next queries.", () => _decoded.UsedBytes);
        Gauge(meter, "streamline_tsdb_series_entries_bytes", "Memory of index entries of series that are kept for the next queries, estimated.", () => _decoded.Series.UsedBytes);
        meter.CreateObservableCounter("streamline_tsdb_decoded_chunks_hits_total", () => _decoded.Hits, null, "Chunks that a query found decoded.");
        meter.CreateObservableCounter("streamline_tsdb_decoded_chunks_misses_total", () => _decoded.Misses, null, "Chunks that a query had to read and decode.");
        Gauge(meter, "prometheus_tsdb_blocks_loaded", "Blocks that queries read.", () => _blocks.All.Length);
        Gauge(meter, "streamline_tsdb_blocks_damaged", "Blocks in the directory that cannot be read and are left out.", () => _blocks.DamagedCount);
        Gauge(meter, "prometheus_tsdb_retention_limit_seconds", "Age at which samples are deleted, seconds.", () => _retention.TimeMs / 1000);
        Count(meter, "prometheus_tsdb_reloads_total", "Times that the folder of blocks was read.", _blocks.Reloads);
        Count(meter, "prometheus_tsdb_reloads_failures_total", "Times that reading the folder of blocks, or one of them, failed.", _blocks.LoadFailures);
        Count(meter, "prometheus_tsdb_compactions_total", "Blocks written from the head or from other blocks.", _compactions);
        Count(meter, "prometheus_tsdb_compactions_triggered_total", "Times that compaction was looked into.", _compactionsTriggered);
        Count(meter, "prometheus_tsdb_vertical_compactions_total", "Compactions of blocks whose times overlap.", _verticalCompactions);
        Count(meter, "prometheus_tsdb_compactions_failed_total", "Compactions that failed.", _compactionsFailed);
        Count(meter, "prometheus_tsdb_stale_series_compactions_triggered_total", "Early compactions of stale series.", _staleCompactions);
        Count(meter, "prometheus_tsdb_stale_series_compactions_failed_total", "Early compactions of stale series that failed.", _staleCompactionsFailed);
        Gauge(meter, "prometheus_tsdb_retention_limit_bytes", "Size above which the oldest blocks are deleted, bytes; 0 for none.", () => _retention.Bytes);
        meter.CreateObservableGauge("prometheus_tsdb_retention_limit_percentage", () => _retention.Percentage, null, "Share of the file system above which the oldest blocks are deleted, percent; 0 for none.");
        Gauge(meter, "prometheus_tsdb_compaction_populating_block", "1 while a block is being written.", () => Volatile.Read(ref _writingBlock));
        Count(meter, "prometheus_tsdb_compactions_skipped_total", "Times that no compaction was looked for because memory was short.", _compactionsSkipped);
        Gauge(meter, "prometheus_tsdb_storage_blocks_bytes", "Bytes of all blocks on disk.", () => _blocks.All.Sum(b => b.Bytes));
        Count(meter, "prometheus_tsdb_size_retentions_total", "Times that blocks were deleted for their size.", _blocks.SizeRetentions);
        Count(meter, "prometheus_tsdb_time_retentions_total", "Times that blocks were deleted for their age.", _blocks.TimeRetentions);
    }

    private long LowestTime() => Math.Min(_head.MinTime, _blocks.All is [var first, ..] ? first.Meta.MinTimeMs : long.MaxValue);

    private static void Gauge(Meter meter, string name, string help, Func<long> read) => meter.CreateObservableGauge(name, read, null, help);

    private static void Count(Meter meter, string name, string help, params (Counter Counter, string Type)[] counters) =>
        meter.CreateObservableCounter(name, () => counters.Select(c => new Measurement<long>(c.Counter.Value, new KeyValuePair<string, object?>("type", c.Type))), null, help);

    private static void Count(Meter meter, string name, string help, Counter counter, string? type = null)
    {
        if (type is null) meter.CreateObservableCounter(name, () => counter.Value, null, help);
        else meter.CreateObservableCounter(name, () => new Measurement<long>(counter.Value, new KeyValuePair<string, object?>("type", type)), null, help);
    }

    private static void CountByType(Meter meter, string name, string help, Counter floats, Counter histograms) => meter.CreateObservableCounter(name, () => new Measurement<long>[]
    {
        new(floats.Value, new KeyValuePair<string, object?>("type", "float")),
        new(histograms.Value, new KeyValuePair<string, object?>("type", "histogram")),
    }, null, help);
}
