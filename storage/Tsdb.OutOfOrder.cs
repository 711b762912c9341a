using Streamline.Storage.Blocks;
using Streamline.Storage.Head;
using Streamline.Storage.OutOfOrder;
using Streamline.Storage.Wal;

namespace Streamline.Storage;

/// <summary>Samples that come out of order: their window, their log (the WBL), and the blocks made of them.</summary>
public sealed partial class Tsdb
{
    private readonly WalCounters _wblCounters = new();
    // The first segment that this process writes; kept over a failed opening.
    private int _wblFrom;

    /// <summary>How far behind the newest sample one may be and still be taken out of order, ms; 0 for not at all. Counts from the next commit on.</summary>
    public long OutOfOrderWindowMs
    {
        get => _head.OutOfOrderWindowMs;
        set
        {
            _head.OutOfOrderWindowMs = value;
            _head.Exemplars.OutOfOrderWindowMs = value;
        }
    }

    private string WblPath => Path.Combine(_options.Path, "wbl");

    private WalWriter OpenWbl(int segment) => new(_options.Files, WblPath, segment, _options.WalSegmentBytes, _fsync, _wblCounters, _options.Time) { Packer = new RecordPacker(_head.Wal!.Packer.Compression, _options.Zstd), Report = Log };

    private void ReplayWbl(HeadStore head, ReplaySummary wal)
    {
        head.OutOfOrderWindowMs = _options.OutOfOrderWindowMs;
        var replay = new WblReplay(head, wal.Slots, _options.Files, WblPath, _wblCounters) { Zstd = _options.Zstd };
        replay.Run(new LogRepair("log of out-of-order samples", _options.Files, WblPath, _options.ReadOnly, _wblCounters, Log));
        head.EndLateReplay();
        _wblFrom = replay.NextSegment;
        if (replay.Segments > 0) Log(TsdbLogLevel.Info, $"log of out-of-order samples replayed: {replay.Samples} samples of {head.OutOfOrder.Count} series from {replay.Segments} segments");
    }

    /// <summary>
    /// Full out-of-order chunks, or their places in head chunk files, wait in memory for the next cut of the head, two hours apart. When a backfill fills this much
    /// before, they become blocks at once: some seventy million floats, so that few blocks overlap.
    /// </summary>
    private const long MostOutOfOrderBytes = 128 << 20;

    private bool IsOutOfOrderFull => _head.OutOfOrder.FinishedBytes > MostOutOfOrderBytes;

    // The head has been cut and the out-of-order samples have not followed yet. Guarded by _maintenance.
    private bool _outOfOrderBehind;

    /// <summary>
    /// 1 draws a line under what came out of order and turns to the next segment of its log, 2 writes the blocks, 3 lets readers see them, 4 forgets the samples
    /// and the segments. A crash before 4 leaves samples in blocks and log both: they are merged, and written again by the next cut.
    /// </summary>
    private void CutOutOfOrder()
    {
        if ((!_outOfOrderBehind && !IsOutOfOrderFull) || _head.OutOfOrder.Count == 0)
        {
            // What is left of an earlier process, and is of no series any more.
            if (_outOfOrderBehind && _head.Wbl is null) TruncateWbl(_wblFrom);
            _outOfOrderBehind = false;
            return;
        }
        var frozen = _head.FreezeOutOfOrder(out int segment);
        Writing(() => WriteOutOfOrder(frozen));
        _head.DropOutOfOrder(frozen);
        _outOfOrderBehind = false;
        TruncateWbl(segment);
    }

    private List<BlockMeta> WriteOutOfOrder(List<OutOfOrderCapture> frozen)
    {
        var written = new List<BlockMeta>();
        try
        {
            new OutOfOrderCut(_options.Files, _options.Path, _options.Time, _options.BlockDurationMs, _head.Tombstones) { Format = Format, HeadChunks = _head.ChunkFiles }.Write(frozen, written);
            LoadWritten([.. written]);
        }
        catch
        {
            foreach (var meta in written) Guarded("removing an out-of-order block", _compactionsFailed, () => _blocks.Discard(meta.Ulid));
            throw;
        }
        foreach (var meta in written) Log(TsdbLogLevel.Info, $"block {meta.Ulid} of out-of-order samples written: {meta.Stats.NumSamples} samples of {meta.Stats.NumSeries} series");
        return written;
    }

    private void TruncateWbl(int segment)
    {
        var covered = WalDirectory.Segments(WblPath).Where(s => s < segment).ToList();
        if (covered.Count == 0) return;
        _wblCounters.Truncations.Add(1);
        try
        {
            foreach (int old in covered) _options.Files.Delete(WalDirectory.SegmentPath(WblPath, old));
        }
        catch (IOException error)
        {
            _wblCounters.TruncationsFailed.Add(1);
            Log(TsdbLogLevel.Error, $"log of out-of-order samples could not be shortened: {error.Message}");
        }
    }
}
