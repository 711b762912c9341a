using System.Diagnostics.Metrics;
using static Streamline.Storage.Tests.Scenario;

namespace Streamline.Storage.Tests;

public sealed class MetricTests
{
    // What Prometheus 3.14's tsdb says of itself and its dashboards and alerts ask for.
    private static readonly string[] Names =
    [
        "blocks_loaded", "checkpoint_creations_failed_total", "checkpoint_creations_total", "checkpoint_deletions_failed_total", "checkpoint_deletions_total", "clean_start",
        "compaction_chunk_range_seconds", "compaction_chunk_samples", "compaction_chunk_size_bytes", "compaction_duration_seconds", "compaction_populating_block", "compactions_failed_total",
        "compactions_skipped_total", "compactions_total", "compactions_triggered_total", "data_replay_duration_seconds", "exemplar_exemplars_appended_total", "exemplar_exemplars_in_storage",
        "exemplar_last_exemplars_timestamp_seconds", "exemplar_max_exemplars", "exemplar_out_of_order_exemplars_total", "exemplar_series_with_exemplars_in_storage", "head_active_appenders",
        "head_chunks", "head_chunks_created_total", "head_chunks_removed_total", "head_chunks_storage_size_bytes", "head_gc_duration_seconds", "head_max_time", "head_max_time_seconds",
        "head_min_time", "head_min_time_seconds", "head_out_of_order_samples_appended_total", "head_samples_appended_total", "head_series", "head_series_created_total",
        "head_series_not_found_total", "head_series_removed_total", "head_stale_series", "head_truncations_total", "isolation_high_watermark", "isolation_low_watermark", "lowest_timestamp",
        "lowest_timestamp_seconds", "mmap_chunk_corruptions_total", "mmap_chunks_total", "out_of_bound_samples_total", "out_of_order_samples_total", "out_of_order_wbl_fsync_duration_seconds",
        "out_of_order_wbl_page_flushes_total", "out_of_order_wbl_segment_current", "out_of_order_wbl_storage_size_bytes", "out_of_order_wbl_truncations_failed_total",
        "out_of_order_wbl_truncations_total", "out_of_order_wbl_writes_failed_total", "reloads_failures_total", "reloads_total", "retention_limit_bytes", "retention_limit_percentage",
        "retention_limit_seconds", "sample_ooo_delta", "size_retentions_total", "snapshot_replay_error_total", "stale_series_compaction_duration_seconds",
        "stale_series_compactions_failed_total", "stale_series_compactions_triggered_total", "storage_blocks_bytes", "time_retentions_total", "tombstone_cleanup_seconds",
        "too_old_samples_total", "vertical_compactions_total", "wal_corruptions_total", "wal_fsync_duration_seconds", "wal_page_flushes_total", "wal_segment_current",
        "wal_storage_size_bytes", "wal_truncate_duration_seconds", "wal_truncations_failed_total", "wal_truncations_total", "wal_writes_failed_total",
    ];

    [Fact]
    public void All_AreTold_AndMoveWithTheLifeOfAStore()
    {
        using var meter = new Meter("storage-metrics");
        var seen = new Dictionary<string, double>(StringComparer.Ordinal);
        var recorded = new Dictionary<string, int>(StringComparer.Ordinal);
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter != meter) return;
            seen.TryAdd(instrument.Name, double.NaN);
            l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => seen[instrument.Name] = value);
        listener.SetMeasurementEventCallback<double>((instrument, value, _, _) =>
        {
            seen[instrument.Name] = value;
            recorded[instrument.Name] = recorded.GetValueOrDefault(instrument.Name) + 1;
        });
        listener.Start();
        using var s = new Scenario(o => o with { Meter = meter, RetentionPercentage = 12.5, FileSystemBytes = _ => 1L << 50 });
        for (long t = 0; t < 4 * Hour; t += 30_000) s.Commit(("a", Start + t, t), ("b", Start + t, t % 7), ("stale", Start + t, t > 3 * Hour ? StaleMarker.Value : 1));
        s.Db.Maintain();
        s.Db.Delete([new LabelMatcher(MatchOperator.Equal, "__name__", "a")], new TimeRange(Start, Start + Hour));
        s.Db.CleanTombstones();
        listener.RecordObservableInstruments();
        Assert.Empty(Names.Select(n => "prometheus_tsdb_" + n).Except(seen.Keys));
        Assert.Equal(12.5, seen["prometheus_tsdb_retention_limit_percentage"]);
        Assert.Equal(1, seen["prometheus_tsdb_head_stale_series"]);
        Assert.Equal((Start + 4 * Hour - 30_000, Start + 2 * Hour), (seen["prometheus_tsdb_head_max_time"], seen["prometheus_tsdb_head_min_time"]));
        Assert.Equal(Start, seen["prometheus_tsdb_lowest_timestamp"]);
        Assert.Equal((0, 0), (seen["prometheus_tsdb_head_active_appenders"], seen["prometheus_tsdb_compaction_populating_block"]));
        // The cut and the rewrite, six chunks of two hours, one cleaning.
        Assert.Equal((2, 1, 1), (recorded["prometheus_tsdb_compaction_duration_seconds"], recorded["prometheus_tsdb_head_gc_duration_seconds"], recorded["prometheus_tsdb_tombstone_cleanup_seconds"]));
        Assert.True(recorded["prometheus_tsdb_compaction_chunk_samples"] >= 6);
        Assert.Equal(recorded["prometheus_tsdb_compaction_chunk_samples"], recorded["prometheus_tsdb_compaction_chunk_size_bytes"]);
    }
}
