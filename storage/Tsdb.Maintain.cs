using Streamline.Storage.Blocks;
using Streamline.Storage.Head;
using Streamline.Storage.Wal;

namespace Streamline.Storage;

/// <summary>What happens to the head's data as it ages.</summary>
public sealed partial class Tsdb
{
    private readonly Lock _maintenance = new();
    private readonly TsdbBlocks _blocks;
    private readonly Counter _compactions = new(), _compactionsFailed = new();
    // Series that left the head, with the newest segment then: until that segment is gone the log may name them. Guarded by _maintenance.
    private readonly Dictionary<ulong, int> _refsToKeep = [];

    /// <summary>A block has been cut from the head (or found placed by hand) and can be read. Raised on the thread that maintains.</summary>
    public event Action<BlockInfo>? BlockWritten;

    /// <summary>
    /// The head has grown long enough to be cut: <see cref="Maintain"/> has work. Raised once for each cut, on the thread that commits, which must not be held up.
    /// </summary>
    public event Action? MaintenanceDue;

    /// <summary>The blocks in use, by minimum time.</summary>
    public IReadOnlyList<BlockInfo> Blocks => [.. _blocks.All.Select(b => b.Info)];

    /// <summary>
    /// One pass: 0 writes full chunks of the head out, 1 cuts full ranges of the head into blocks, and after one what came out of order, 2 shortens the log behind
    /// them, 3 lets go of stale series when there are many, 4 loads blocks placed by hand, 5 deletes those past the
    /// retention, 6 compacts blocks, one step of the plan. The host calls it from a timer. Trouble with the file system is logged and counted; the next pass tries again.
    /// </summary>
    public void Maintain()
    {
        lock (_maintenance)
        {
            if (_closed || _options.ReadOnly) return;
            _head.MapOutAll();
            if (Guarded("head compaction", _compactionsFailed, CutHead))
            {
                // First what is out of order, so that the deletions which the log still has are not taken from it.
                if (Guarded("out-of-order compaction", _compactionsFailed, CutOutOfOrder)) Volatile.Write(ref _cutToldDue, 0);
                Guarded("write-ahead log truncation", _walCounters.TruncationsFailed, TruncateWal);
            }
            Guarded("stale series compaction", _staleCompactionsFailed, CompactStale);
            Guarded("loading blocks", _blocks.LoadFailures, LoadBlocks);
            Guarded("retention", _blocks.LoadFailures, ApplyRetention);
            if (HoldCompaction) _compactionsSkipped.Add(1);
            else CompactOnce();
        }
    }

    /// <summary>Leaves step 6 out while it is set: memory is short. The head is cut all the same, which frees some.</summary>
    public bool HoldCompaction { get => Volatile.Read(ref _holdCompaction); set => Volatile.Write(ref _holdCompaction, value); }

    private bool _holdCompaction;

    /// <summary>Head data that can be cut now: half a range stays open for late samples.</summary>
    private bool IsCuttable => !_head.IsEmpty && _head.MinTime != long.MaxValue && _head.MaxTime - _head.MinTime > _options.BlockDurationMs / 2 * 3;

    // 1 from the telling until a cut has succeeded: while the disk is full, only the timer tries.
    private int _cutToldDue;

    private void TellCutDue()
    {
        if (Volatile.Read(ref _cutToldDue) == 0 && Interlocked.Exchange(ref _cutToldDue, 1) == 0) MaintenanceDue?.Invoke();
    }

    private bool _walBehind;

    // Many servers that began together need not cut at the same moment. The time of the first look at a head that can be cut; guarded by _maintenance.
    private readonly TimeSpan _cutDelay;
    private long? _cuttableSince;

    private bool IsCutDelayed()
    {
        if (!IsCuttable) _cuttableSince = null;
        else _cuttableSince ??= _options.Time.GetTimestamp();
        return _cuttableSince is { } since && _options.Time.GetElapsedTime(since) < _cutDelay;
    }

    private void CutHead()
    {
        if (IsCutDelayed()) return;
        while (IsCuttable)
        {
            long min = _head.MinTime, max = ChunkCutting.RangeEnd(min, _options.BlockDurationMs);
            // From here on nothing is accepted into the range, so what is written is all of it.
            _head.RaiseMinValidTime(max);
            var meta = Writing(() => new HeadBlockCut(_head, _options.Files, _options.Path, _options.Time) { Format = Format }.Write(min, max));
            if (meta is not null)
            {
                Log(TsdbLogLevel.Info, $"block {meta.Ulid} written: {meta.Stats.NumSamples} samples of {meta.Stats.NumSeries} series");
                LoadWritten(meta);
            }
            int segment = _head.Wal!.Segment;
            long start = _options.Time.GetTimestamp();
            foreach (ulong reference in _head.Truncate(max)) _refsToKeep[reference] = segment;
            _metrics.HeadCollected(_options.Time.GetElapsedTime(start));
            _walBehind = _outOfOrderBehind = true;
        }
    }

    private void TruncateWal()
    {
        if (!_walBehind) return;
        _walCounters.Truncations.Add(1);
        long start = _options.Time.GetTimestamp();
        _head.BetweenCommits(_head.Wal!.Rotate);
        var checkpoint = new WalCheckpoint(_options.Files, WalPath, _walCounters, _options.Time) { Compression = _head.Wal.Packer.Compression, Zstd = _options.Zstd };
        int last = checkpoint.LastCovered();
        if (last >= 0)
        {
            var live = _head.LiveRefs();
            long from = _head.MinValidTime;
            checkpoint.Run(last, reference => live.Contains(reference) || (_refsToKeep.TryGetValue(reference, out int until) && until > last) || (_evicted.TryGetValue(reference, out long end) && end >= from), from);
            foreach (var (reference, end) in _evicted)
            {
                if (end < from) _evicted.Remove(reference);
            }
            foreach (var (reference, until) in _refsToKeep)
            {
                if (until <= last) _refsToKeep.Remove(reference);
            }
        }
        _walBehind = false;
        _metrics.LogTruncated(_options.Time.GetElapsedTime(start));
    }

    private void LoadBlocks()
    {
        foreach (var block in _blocks.Load()) BlockWritten?.Invoke(block.Info);
    }

    /// <summary>Takes in blocks just written. Before anything they replace goes, they have been opened.</summary>
    private void LoadWritten(params ReadOnlySpan<BlockMeta> written)
    {
        LoadBlocks();
        foreach (var meta in written)
        {
            if (_blocks.DamageOf(meta.Ulid) is not { } damage) continue;
            _blocks.Discard(meta.Ulid);
            throw new IOException($"the new block {meta.Ulid} cannot be read: {damage}");
        }
    }

    private void ApplyRetention()
    {
        _blocks.ApplyTimeRetention(_retention.TimeMs);
        if (RetentionBytes() is > 0 and var most) _blocks.ApplySizeRetention(most, LogBytes());
    }

    /// <summary>The share of the file system where one is set and its size is known, else the size; 0 for no limit.</summary>
    private long RetentionBytes()
    {
        var limits = _retention;
        if (limits.Percentage <= 0) return limits.Bytes;
        long disk = _options.FileSystemBytes(_options.Path);
        if (disk > 0) return (long)(disk * (limits.Percentage / 100));
        if (!_diskSizeWarned) Log(TsdbLogLevel.Warning, $"{_options.Path}: the file system does not tell its size, so the retention percentage does not apply");
        _diskSizeWarned = true;
        return limits.Bytes;
    }

    private volatile RetentionLimits _retention;

    /// <summary>How much is kept. A change takes effect with the next <see cref="Maintain"/>.</summary>
    public RetentionLimits Retention
    {
        get => _retention;
        set => _retention = value;
    }

    private bool _diskSizeWarned;

    // The directories that Prometheus counts; those that only it writes may be there too.
    private long LogBytes()
    {
        long bytes = 0;
        foreach (string name in (string[])["wal", "wbl", "chunks_head"])
        {
            var directory = new DirectoryInfo(Path.Combine(_options.Path, name));
            if (directory.Exists) bytes += directory.EnumerateFiles("*", SearchOption.AllDirectories).Sum(f => f.Length);
        }
        return bytes;
    }

    private bool Guarded(string what, Counter failures, Action action)
    {
        try
        {
            action();
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            failures.Add(1);
            Log(TsdbLogLevel.Error, $"{what} failed: {error.Message}");
            return false;
        }
    }
}
