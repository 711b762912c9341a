using Streamline.Storage.Blocks;
using Streamline.Storage.Compaction;
using Streamline.Storage.Head;

namespace Streamline.Storage;

/// <summary>Blocks made of blocks. All under the maintenance lock; the new block is in place before its parents go.</summary>
public sealed partial class Tsdb
{
    /// <summary>After trouble that may pass, such as a full disk, the work is not begun again at once.</summary>
    private const long RetryCompactionMs = 10 * 60_000;

    /// <summary>How floats are encoded in blocks; a change counts from the next block on.</summary>
    public FloatChunkEncoding FloatChunks { get; set; }

    private BlockFormat Format => new(FloatChunks, _options.MaxChunkSegmentBytes) { ChunkWritten = _options.Meter is null ? null : _metrics.ChunkWritten };

    // 1 while a block is being written.
    private int _writingBlock;

    /// <summary>Writes blocks, counted and timed.</summary>
    private T Writing<T>(Func<T> write)
    {
        long start = _options.Time.GetTimestamp();
        _compactions.Add(1);
        Volatile.Write(ref _writingBlock, 1);
        try
        {
            return write();
        }
        finally
        {
            Volatile.Write(ref _writingBlock, 0);
            _metrics.CompactionDone(_options.Time.GetElapsedTime(start));
        }
    }

    private readonly Counter _compactionsTriggered = new(), _verticalCompactions = new(), _compactionsSkipped = new();
    // Guarded by _maintenance.
    private long _compactAfterMs = long.MinValue;

    private long NowMs => _options.Time.GetUtcNow().ToUnixTimeMilliseconds();

    private CompactionPlan Plan => new(CompactionRanges.Of(_options.BlockDurationMs,
        CompactionRanges.MaxBlockDuration(_options.MaxBlockDurationMs, _retention.TimeMs, _options.BlockDurationMs)))
    {
        MergesOverlapping = _options.MergesOverlapping,
        HoldsBack = _options.HoldsBack is { } holds ? block => holds(block.Info) : static _ => false,
    };

    private BlockCompactor Compactor => new(_options.Files, _options.Path, _options.Time, () => Volatile.Read(ref _closed)) { Format = Format };

    private void CompactOnce()
    {
        if (NowMs < _compactAfterMs) return;
        var parents = Plan.Next(_blocks.All);
        if (parents.Count == 0) return;
        _compactionsTriggered.Add(1);
        if (Overlap(parents)) _verticalCompactions.Add(1);
        TryReplace(parents, BlockCompactor.LevelAbove(parents));
    }

    private static bool Overlap(List<BlockReader> sorted) => sorted.Zip(sorted.Skip(1)).Any(p => p.Second.Meta.MinTimeMs < p.First.Meta.MaxTimeMs);

    /// <summary>
    /// Compacts blocks into one. What cannot be read is flagged in its meta.json, so that it is not tried forever; a full disk is tried again later.
    /// </summary>
    private bool TryReplace(IReadOnlyList<BlockReader> parents, int level)
    {
        string names = string.Join(", ", parents.Select(p => p.Meta.Ulid));
        try
        {
            Replace(parents, level, names);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            _compactionsFailed.Add(1);
            Log(TsdbLogLevel.Error, $"compaction of {names} failed: {error.Message}");
            _compactAfterMs = NowMs + RetryCompactionMs;
            bool mayPass = error is UnauthorizedAccessException or (IOException and not StorageCorruptionException);
            if (!mayPass && Guarded("flagging blocks", _compactionsFailed, () => MarkFailed(parents))) _compactAfterMs = long.MinValue;
            return false;
        }
    }

    private static void MarkFailed(IReadOnlyList<BlockReader> parents)
    {
        foreach (var parent in parents) parent.MarkFailed();
    }

    private void Replace(IReadOnlyList<BlockReader> parents, int level, string names)
    {
        long start = _options.Time.GetTimestamp();
        var meta = Writing(() => Compactor.Write(parents, level));
        if (meta is null)
        {
            // The newest one's end is where the head begins: were it gone, a restart would take its samples from the log again. It stays, hidden by its tombstones.
            foreach (var parent in parents.Where(p => p.Meta.MaxTimeMs != _blocks.InOrderEnd)) parent.MarkDeletable();
            Log(TsdbLogLevel.Info, $"nothing is left of {names}: deleted");
            LoadBlocks();
            return;
        }
        LoadWritten(meta);
        Log(TsdbLogLevel.Info, $"block {meta.Ulid} of level {level} written from {names}: {meta.Stats.NumSamples} samples of {meta.Stats.NumSeries} series in {_options.Time.GetElapsedTime(start).TotalMilliseconds:F0} ms");
    }
}
