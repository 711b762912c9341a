using Streamline.Storage.Blocks;
using Streamline.Storage.Head;

namespace Streamline.Storage;

/// <summary>Early compaction of stale series: with many of them in the head they become blocks and leave it hours before the next cut.</summary>
public sealed partial class Tsdb
{
    /// <summary>Not when the next cut, which takes them along, is this near (as in Prometheus, tsdb/db.go).</summary>
    private const long CutIsNearMs = 10 * 60_000;

    // Series that have left the head before their time, with that of their last sample: until the log has shed it, it must name them. Guarded by _maintenance.
    private readonly Dictionary<ulong, long> _evicted = [];
    private readonly Counter _staleCompactions = new(), _staleCompactionsFailed = new();

    /// <summary>The share of the head's series, 0 to 1, from which on those that have ended are compacted early; 0 for never. Counts from the next <see cref="Maintain"/> on.</summary>
    public double StaleSeriesThreshold { get; set; }

    private bool IsStaleCompactionDue()
    {
        if (StaleSeriesThreshold <= 0 || _head.IsEmpty || _head.MinTime == long.MaxValue) return false;
        if (_head.MaxTime - _head.MinTime + CutIsNearMs > _options.BlockDurationMs / 2 * 3) return false;
        long series = _head.Series.Count, stale = _head.StaleSeries;
        return stale > 0 && stale >= series * StaleSeriesThreshold;
    }

    /// <summary>
    /// 1 notes which series are stale, 2 writes a block for each range that has samples of them, 3 lets readers see these, 4 lets go of the series that have not come
    /// back. A crash before 4 leaves them in blocks and head both, where they merge.
    /// </summary>
    private void CompactStale()
    {
        if (!IsStaleCompactionDue()) return;
        _staleCompactions.Add(1);
        long start = _options.Time.GetTimestamp();
        var stale = _head.FindStale();
        if (stale.Count == 0) return;
        Writing(() => WriteStale(stale.ConvertAll(s => s.Series)));
        var ends = stale.ToDictionary(s => s.Series.Ref, s => s.EndMs);
        var gone = _head.Evict(stale);
        foreach (ulong reference in gone) _evicted[reference] = ends[reference];
        var took = _options.Time.GetElapsedTime(start);
        _metrics.StaleCompactionDone(took);
        Log(TsdbLogLevel.Info, $"{gone.Count} stale series have left the head in {took.TotalMilliseconds:F0} ms");
    }

    private List<BlockMeta> WriteStale(List<SeriesHandle> stale)
    {
        var written = new List<BlockMeta>();
        try
        {
            var cut = new HeadBlockCut(_head, _options.Files, _options.Path, _options.Time) { Format = Format, Hints = [BlockHints.FromStaleSeries] };
            long range = _options.BlockDurationMs, last = _head.MaxTime;
            for (long from = ChunkCutting.RangeEnd(_head.MinTime, range) - range; from <= last; from += range)
            {
                // They may come back meanwhile, and then their open chunks grow.
                if (cut.WriteLive(from, from + range, stale) is { } meta) written.Add(meta);
            }
            LoadWritten([.. written]);
        }
        catch
        {
            foreach (var meta in written) Guarded("removing a block of stale series", _staleCompactionsFailed, () => _blocks.Discard(meta.Ulid));
            throw;
        }
        foreach (var meta in written) Log(TsdbLogLevel.Info, $"block {meta.Ulid} of stale series written: {meta.Stats.NumSamples} samples of {meta.Stats.NumSeries} series");
        return written;
    }
}
