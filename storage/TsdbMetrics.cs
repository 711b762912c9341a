using System.Diagnostics.Metrics;

namespace Streamline.Storage;

/// <summary>Instruments of storage that are told of events; the others are observed (Tsdb.Metrics.cs).</summary>
internal sealed class TsdbMetrics
{
    // Prometheus's bounds: ten minutes to twelve hours.
    private static readonly double[] DelayBounds = [600, 1800, 3600, 7200, 10800, 21600, 43200];

    // A second to more than two hours, as Prometheus's.
    private static readonly double[] CompactionBounds = [.. Enumerable.Range(0, 14).Select(i => (double)(1 << i))];

    private readonly Histogram<double>? _fsync, _outOfOrderFsync, _lateBy, _staleCompaction;

    public TsdbMetrics(Meter? meter)
    {
        _fsync = meter?.CreateHistogram<double>("prometheus_tsdb_wal_fsync_duration_seconds", "s", "Time that forcing the log to the disk took.");
        _outOfOrderFsync = meter?.CreateHistogram<double>("prometheus_tsdb_out_of_order_wbl_fsync_duration_seconds", "s", "Time that forcing the log of out-of-order samples to the disk took.");
        _lateBy = meter?.CreateHistogram("prometheus_tsdb_sample_ooo_delta", null, "Seconds by which a sample too late for its series lay behind the head's newest one, taken or not.",
            tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = DelayBounds });
        _staleCompaction = meter?.CreateHistogram("prometheus_tsdb_stale_series_compaction_duration_seconds", "s", "Time that early compactions of stale series took.",
            tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = CompactionBounds });
    }

    public void FsyncDone(TimeSpan took) => _fsync?.Record(took.TotalSeconds);

    public void OutOfOrderFsyncDone(TimeSpan took) => _outOfOrderFsync?.Record(took.TotalSeconds);

    public void StaleCompactionDone(TimeSpan took) => _staleCompaction?.Record(took.TotalSeconds);

    public void LateBy(long milliseconds) => _lateBy?.Record(milliseconds / 1000.0);
}
