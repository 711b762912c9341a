using Streamline.Storage.Head;
using Streamline.Storage.HeadChunks;
using Streamline.Storage.Wal;

namespace Streamline.Storage;

/// <summary>
/// The door of storage: series are resolved to handles, batches of samples are committed, and everything kept is read back through one interface.
/// All members are thread safe.
/// </summary>
public sealed partial class Tsdb : ISampleStore, IDisposable
{
    private readonly TsdbOptions _options;
    private readonly TsdbLock? _lock;
    private readonly HeadStore _head;
    private readonly WalCounters _walCounters;
    private readonly ITimer? _syncTimer;
    private volatile FsyncPolicy _fsync;
    private long _commitsRunning;
    private bool _closed;

    private Tsdb(TsdbOptions options, TsdbLock? held)
    {
        _options = options;
        _retention = new RetentionLimits(options.RetentionMs, options.RetentionBytes, options.RetentionPercentage);
        _fsync = options.Fsync;
        FloatChunks = options.FloatChunks;
        StaleSeriesThreshold = options.StaleSeriesThreshold;
        _cutDelay = TimeSpan.FromMilliseconds(Random.Shared.NextInt64(1 + options.BlockDurationMs / 100 * Math.Clamp(options.CutDelayPercent, 0, 100)));
        _lock = held;
        _decoded = new Memory.DecodedChunks(options.DecodedChunkBytes);
        _walCounters = new WalCounters();
        _metrics = new TsdbMetrics(options.Meter);
        _walCounters.FsyncDone = _metrics.FsyncDone;
        _wblCounters.FsyncDone = _metrics.OutOfOrderFsyncDone;
        _blocks = new TsdbBlocks(options.Files, options.Path, options.ReadOnly, Log);
        if (held is { FoundFile: true }) Log(TsdbLogLevel.Warning, $"{System.IO.Path.Combine(options.Path, TsdbLock.FileName)} was left behind by a process that did not end cleanly, and has been taken over");
        DeleteLeftovers();
        _blocks.Load();
        long start = options.Time.GetTimestamp();
        _head = LoadHead(out var replay);
        _head.Counters.LateBy = _metrics.LateBy;
        _replayTime = options.Time.GetElapsedTime(start);
        LogReplay(replay);
        if (!options.ReadOnly)
        {
            _head.Wal = new WalWriter(options.Files, WalPath, replay.NextSegment, options.WalSegmentBytes, options.Fsync, _walCounters, options.Time) { Packer = new RecordPacker(Compression(), options.Zstd), Report = Log };
            _head.OpenWbl = () => OpenWbl(_wblFrom);
            foreach (ulong alias in replay.Aliases) _refsToKeep[alias] = replay.NextSegment;
            foreach (var (reference, end) in replay.Evicted) _evicted[reference] = end;
            _syncTimer = options.Time.CreateTimer(_ => SyncQuietly(), null, SyncInterval, SyncInterval);
        }
        PublishMetrics();
    }

    /// <summary>Power may fail this long after a commit under <see cref="FsyncPolicy.Interval"/>.</summary>
    private static TimeSpan SyncInterval => TimeSpan.FromSeconds(1);

    private string HeadChunksPath => Path.Combine(_options.Path, "chunks_head");

    private string WalPath => Path.Combine(_options.Path, "wal");

    /// <summary>Opens a data directory, replaying its write-ahead log.</summary>
    /// <exception cref="TsdbLockedException">Another process has the directory open.</exception>
    /// <exception cref="StorageCorruptionException">A checkpoint is damaged.</exception>
    /// <exception cref="ZstdMissingException">The log has records that only libzstd can unpack, and it is not installed.</exception>
    /// <exception cref="IOException">The directory cannot be read or written.</exception>
    public static Tsdb Open(TsdbOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BlockDurationMs, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.BlockDurationMs, LongestBlockMs);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.WalSegmentBytes, WalFormat.PageBytes);
        if (options.ReadOnly)
        {
            if (!Directory.Exists(options.Path)) throw new DirectoryNotFoundException($"data directory {options.Path} does not exist");
            return new Tsdb(options, null);
        }
        options.Files.CreateDirectory(options.Path);
        WarnOfNetwork(options);
        var held = options.NoLockFile ? null : TsdbLock.Take(options.Files, options.Path);
        try
        {
            return new Tsdb(options, held);
        }
        catch
        {
            held?.Dispose();
            throw;
        }
    }

    // Locks, renames and syncs are not what they are on a disk.
    private static void WarnOfNetwork(TsdbOptions options)
    {
        if (options.FileSystemFormat(options.Path).StartsWith("nfs", StringComparison.OrdinalIgnoreCase))
            options.Log?.Invoke(TsdbLogLevel.Warning, $"{options.Path} is on NFS, where data may be damaged or lost: put the data directory on a local disk");
    }

    /// <summary>A chunk's span fits 32 bits of milliseconds, 49 days; Prometheus's largest block is 31.</summary>
    private const long LongestBlockMs = 31L * 24 * 3600 * 1000;

    /// <summary>Finds or creates the series.</summary>
    public SeriesHandle Resolve(Labels labels) => _head.Resolve(labels);

    /// <summary>Finds the series in the head without creating it.</summary>
    public bool TryFind(Labels labels, out SeriesHandle handle) => _head.Series.TryFind(labels, out handle);

    /// <summary>Whether the handle's series is still in the head; a live one is marked as in use and survives the next truncation.</summary>
    public bool IsLive(SeriesHandle handle) => _head.MarkLive(handle);

    /// <summary>Whether a sample of this time would be the newest of a live handle's series and inside the head's bounds. For the thread that commits.</summary>
    public bool TakesAsNewest(SeriesHandle handle, long timestampMs) => _head.TakesAsNewest(handle, timestampMs);

    /// <summary>Rises before series leave the head: while it stands still, handles that were live are live.</summary>
    public long Removals => _head.Removals;

    /// <summary>Labels of a live handle, else null.</summary>
    public Labels? LabelsOf(SeriesHandle handle)
    {
        byte[]? labels = _head.Series.Lines.IsLive(handle) ? _head.Series.LabelsAt(handle.Slot) : null;
        // Looked at twice, because the slot may have lost its tenant in between.
        return labels is not null && _head.Series.Lines.IsLive(handle) ? new Labels(labels) : null;
    }

    /// <summary>What the source of a live handle's series has said of it, if anything.</summary>
    public SeriesMetadata? MetadataOf(SeriesHandle handle) => _head.MetadataOf(handle);

    /// <summary>
    /// Checks and stores a batch: readers see all of it or nothing, and its WAL records are one write. Refusals are counted in the result, which includes the
    /// batch's own drops. Does not complete or release the batch.
    /// </summary>
    public CommitResult Commit(SampleBatch batch)
    {
        Interlocked.Increment(ref _commitsRunning);
        try
        {
            var result = _head.Commit(batch);
            if (IsCuttable || IsOutOfOrderFull) TellCutDue();
            return result;
        }
        finally
        {
            Interlocked.Decrement(ref _commitsRunning);
        }
    }

    /// <summary>Calls back for each new series, and once for each series that exists at subscription. The callback runs on the creating thread.</summary>
    public IDisposable WatchSeries(Action<SeriesHandle, Labels> created)
    {
        // A delegate of its own, so that two subscriptions of one method end apart.
        void Forward(SeriesHandle handle, Labels labels) => created(handle, labels);
        var watch = new SeriesWatch(_head.Series, Forward);
        _head.Series.Watch(Forward);
        return watch;
    }

    /// <summary>Flushes the WAL to disk, which is only logged when it fails, and gives up the lock. Open readers stay valid until they are disposed.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _closed, true)) return;
        _syncTimer?.Dispose();
        try
        {
            lock (_maintenance) _head.Close(WriteSnapshot);
        }
        catch (IOException)
        {
            // The log's writer has told of it, and nothing more can be done.
        }
        finally
        {
            _blocks.Close();
            ReleaseLock();
        }
    }

    private void ReleaseLock()
    {
        try
        {
            _lock?.Dispose();
        }
        catch (IOException error)
        {
            Log(TsdbLogLevel.Warning, $"the lock file stays behind, which keeps nobody out: {error.Message}");
        }
    }

    /// <summary>For tests.</summary>
    internal HeadStore Head => _head;

    /// <summary>Ends as a killed process does: nothing more is written or forced to the disk, the lock is free. For tests.</summary>
    internal void Crash()
    {
        _closed = true;
        _syncTimer?.Dispose();
        _head.Abandon();
        _blocks.Close();
        _lock?.Abandon();
    }

    private void TellMapOutFailed(string error) => Log(TsdbLogLevel.Error, $"head chunks could not be written and stay in memory: {error}");

    private WalCompression Compression()
    {
        if (_options.WalCompression != WalCompression.Zstd || _options.Zstd is not null) return _options.WalCompression;
        Log(TsdbLogLevel.Warning, $"{Encoding.Zstd.Library} is not installed (Debian: libzstd1), so the write-ahead log is packed with snappy");
        return WalCompression.Snappy;
    }

    private void DeleteLeftovers()
    {
        if (_options.ReadOnly) return;
        _blocks.DeleteLeftovers();
        new WalCheckpoint(_options.Files, WalPath, _walCounters, _options.Time).DeleteLeftovers();
        string snapshots = Path.Combine(_options.Path, SnapshotsName);
        if (!Directory.Exists(snapshots)) return;
        foreach (string path in Directory.GetDirectories(snapshots, "*" + SnapshotTemporarySuffix)) _options.Files.DeleteDirectory(path);
    }

    private HeadStore LoadHead(out ReplaySummary replay)
    {
        if (!_options.ReadOnly && TryLoadSnapshot(out var quick, out replay!)) return quick;
        // A running server may delete segments while a read-only view lists them; then the new checkpoint is complete and a second look finds it.
        for (int attempt = 1; ; attempt++)
        {
            var head = NewHead();
            try
            {
                head.ChunkFiles = new HeadChunkLoader(head, _options.Files, HeadChunksPath, _options.ReadOnly, Log).Load();
                replay = new WalReplay(head, _options.Files, WalPath, _options.ReadOnly, _walCounters, Log) { Zstd = _options.Zstd }.Run();
                ReplayWbl(head, replay);
                return head;
            }
            catch (Exception error) when (_options.ReadOnly && attempt < 3 && error is FileNotFoundException or DirectoryNotFoundException)
            {
                Log(TsdbLogLevel.Info, $"{WalPath} changed while it was read, reading again");
            }
        }
    }

    private HeadStore NewHead()
    {
        var head = new HeadStore(_options.BlockDurationMs) { KeepsChunks = _options.ReadOnly, MapOutLateBytes = _options.MapOutLateBytes, MapOutFailed = TellMapOutFailed };
        (head.Exemplars.Capacity, head.Exemplars.OutOfOrderWindowMs) = (_options.MaxExemplars, _options.OutOfOrderWindowMs);
        head.RaiseMinValidTime(_blocks.InOrderEnd);
        return head;
    }

    private void LogReplay(ReplaySummary replay)
    {
        if (replay.Segments == 0 && !replay.FromSnapshot) return;
        string unknown = replay.UnknownRefs > 0 ? $", {replay.UnknownRefs} samples of unknown series" : "";
        Log(TsdbLogLevel.Info, $"{(replay.FromSnapshot ? "snapshot of the head read, " : "")}write-ahead log replayed: {_head.Series.Count} series, {replay.Samples} samples from {replay.Segments} segments in {_replayTime.TotalMilliseconds:F0} ms{unknown}");
    }

    /// <summary>When the log is forced to the disk. A change counts from the next commit on.</summary>
    public FsyncPolicy Fsync
    {
        get => _fsync;
        set
        {
            _fsync = value;
            if (_head.Wal is { } wal) wal.Policy = value;
            if (_head.Wbl is { } wbl) wbl.Policy = value;
        }
    }

    /// <summary>Damaged places met in the logs since the start.</summary>
    public long LogCorruptions => _walCounters.Corruptions.Value + _wblCounters.Corruptions.Value;

    private void SyncQuietly()
    {
        if (_head.Wal is { } wal) SyncQuietly(wal);
        if (_head.Wbl is { } wbl) SyncQuietly(wbl);
    }

    private void SyncQuietly(WalWriter log)
    {
        try
        {
            if (log.Policy == FsyncPolicy.Interval) log.Sync();
        }
        catch (IOException)
        {
            // The writer has told of it; commits are refused until what is in doubt is safe in another segment.
        }
        if (log.IsInDoubt) _head.BetweenCommits(() => log.TryRecover());
    }

    private void Log(TsdbLogLevel level, string message) => _options.Log?.Invoke(level, message);

    private sealed class SeriesWatch(SeriesTable table, Action<SeriesHandle, Labels> created) : IDisposable
    {
        public void Dispose() => table.Unwatch(created);
    }
}
