using System.Diagnostics.Metrics;

namespace Streamline.Storage;

/// <summary>Instruments of storage that are told of events; the others are observed (Tsdb.Metrics.cs).</summary>
internal sealed class TsdbMetrics
{
    private readonly Histogram<double>? _fsync;

    public TsdbMetrics(Meter? meter)
    {
        _fsync = meter?.CreateHistogram<double>("prometheus_tsdb_wal_fsync_duration_seconds", "s", "Time that forcing the log to the disk took.");
    }

    public void FsyncDone(TimeSpan took) => _fsync?.Record(took.TotalSeconds);
}
