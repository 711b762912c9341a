using System.Diagnostics.Metrics;

namespace Streamline.Storage;

/// <summary>Instruments of storage that are told of events; the others are observed (Tsdb.Metrics.cs). Bounds are Prometheus's.</summary>
internal sealed class TsdbMetrics
{
    private readonly Histogram<double>? _fsync, _outOfOrderFsync, _lateBy, _compaction, _staleCompaction, _headCollection, _logTruncation, _tombstoneCleanup, _chunkBytes, _chunkSamples, _chunkRange;

    public TsdbMetrics(Meter? meter)
    {
        if (meter is null) return;
        _fsync = meter.CreateHistogram<double>("prometheus_tsdb_wal_fsync_duration_seconds", "s", "Time that forcing the log to the disk took.");
        _outOfOrderFsync = meter.CreateHistogram<double>("prometheus_tsdb_out_of_order_wbl_fsync_duration_seconds", "s", "Time that forcing the log of out-of-order samples to the disk took.");
        // Ten minutes to twelve hours.
        _lateBy = Histogram(meter, "prometheus_tsdb_sample_ooo_delta", null, "Seconds by which a sample too late for its series lay behind the head's newest one, taken or not.", [600, 1800, 3600, 7200, 10800, 21600, 43200]);
        double[] seconds = Exponential(1, 2, 14);
        _compaction = Histogram(meter, "prometheus_tsdb_compaction_duration_seconds", "s", "Time that writing a block took.", seconds);
        _staleCompaction = Histogram(meter, "prometheus_tsdb_stale_series_compaction_duration_seconds", "s", "Time that early compactions of stale series took.", seconds);
        _headCollection = Histogram(meter, "prometheus_tsdb_head_gc_duration_seconds", "s", "Time that letting go of samples and series of the head took.", seconds);
        _logTruncation = Histogram(meter, "prometheus_tsdb_wal_truncate_duration_seconds", "s", "Time that shortening the log took.", seconds);
        _tombstoneCleanup = Histogram(meter, "prometheus_tsdb_tombstone_cleanup_seconds", "s", "Time that removing deleted samples from blocks took.", seconds);
        _chunkBytes = Histogram(meter, "prometheus_tsdb_compaction_chunk_size_bytes", null, "Bytes of chunks in blocks cut from the head.", Exponential(32, 1.5, 12));
        _chunkSamples = Histogram(meter, "prometheus_tsdb_compaction_chunk_samples", null, "Samples of chunks in blocks cut from the head.", Exponential(4, 1.5, 12));
        _chunkRange = Histogram(meter, "prometheus_tsdb_compaction_chunk_range_seconds", "s", "Time that chunks span in blocks cut from the head.", Exponential(100, 4, 10));
    }

    public void FsyncDone(TimeSpan took) => _fsync?.Record(took.TotalSeconds);

    public void OutOfOrderFsyncDone(TimeSpan took) => _outOfOrderFsync?.Record(took.TotalSeconds);

    public void CompactionDone(TimeSpan took) => _compaction?.Record(took.TotalSeconds);

    public void StaleCompactionDone(TimeSpan took) => _staleCompaction?.Record(took.TotalSeconds);

    public void HeadCollected(TimeSpan took) => _headCollection?.Record(took.TotalSeconds);

    public void LogTruncated(TimeSpan took) => _logTruncation?.Record(took.TotalSeconds);

    public void TombstonesCleaned(TimeSpan took) => _tombstoneCleanup?.Record(took.TotalSeconds);

    public void ChunkWritten(int bytes, int samples, long spanMs)
    {
        _chunkBytes?.Record(bytes);
        _chunkSamples?.Record(samples);
        // Of milliseconds into bounds of seconds, as Prometheus has it.
        _chunkRange?.Record(spanMs);
    }

    public void LateBy(long milliseconds) => _lateBy?.Record(milliseconds / 1000.0);

    private static Histogram<double> Histogram(Meter meter, string name, string? unit, string help, double[] bounds) =>
        meter.CreateHistogram(name, unit, help, tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = bounds });

    private static double[] Exponential(double first, double factor, int count)
    {
        var bounds = new double[count];
        for (int i = 0; i < count; i++, first *= factor) bounds[i] = first;
        return bounds;
    }
}
