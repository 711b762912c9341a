using Microsoft.Extensions.Logging;
using Streamline.Pipeline.Alerting;
using Streamline.Pipeline.Config;
using Streamline.Storage;

namespace Streamline.Pipeline.Sinks;

/// <summary>
/// Brings every block into the lake once. 1 a new block is linked into the outbox, on the thread that wrote it; 2 a thread of the sink's own marks it as
/// begun, 3 writes its files, 4 appends them to the manifest, 5 removes the link. A process killed between any two goes on there: what was begun and is
/// not in the manifest is removed and written again under the same names.
/// </summary>
internal sealed partial class LakeSink : IDisposable
{
    // A folder that cannot be written, or a damaged block, is tried again this often; other blocks go on meanwhile.
    private const long RetryMs = 60_000;

    private readonly SinkConfig _config;
    private readonly Tsdb _store;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly LakeTable _table;
    private readonly LakeManifest _manifest;
    private readonly LakeOutbox _outbox;
    private readonly WorkerThread _worker;
    private readonly CancellationTokenSource _stop = new();
    private readonly long _maxBacklog;

    // Guards outbox and manifest, which the thread that writes blocks and the sink's own both use; never held while files are written.
    private readonly Lock _lock = new();
    private readonly HashSet<string> _skipped = [];
    private string _exporting = "";
    private bool _opened;
    private LakeCounts _counts;

    public LakeSink(SinkConfig config, string dataPath, Tsdb store, TimeProvider time, ILogger logger)
    {
        (_config, _store, _time, _logger) = (config, store, time, logger);
        _maxBacklog = config.Parquet!.MaxBacklog.Bytes;
        _table = new LakeTable(config.Parquet.Path, config.Parquet, config.Match.Items, config.WriteRelabelConfigs);
        _manifest = new LakeManifest(config.Parquet.Path);
        _outbox = new LakeOutbox(dataPath, config.Name);
        _worker = new WorkerThread("lake " + config.Name, time, RunDue, LogPassFailed);
    }

    public SinkConfig Config => _config;

    /// <summary>Totals since start, and what waits.</summary>
    public LakeCounts Counts
    {
        get
        {
            lock (_lock) return _counts;
        }
    }

    /// <summary>Called where a killed process would be most dangerous; for tests.</summary>
    internal Action<string>? AtStep { get; set; }

    /// <summary>Takes every new block from here on, and those that are there.</summary>
    public void Start()
    {
        _store.BlockWritten += OnBlockWritten;
        _worker.Start();
    }

    /// <summary>Stops in the middle of a file if need be; the next start does that block again.</summary>
    public void Dispose()
    {
        _store.BlockWritten -= OnBlockWritten;
        _stop.Cancel();
        _worker.Dispose();
    }

    /// <summary>One pass: links what is not linked yet, exports what waits. False when something failed and is to be tried again.</summary>
    internal bool RunOnce()
    {
        IReadOnlyList<string> pending;
        lock (_lock)
        {
            Open();
            _manifest.Load();
            Trim();
            LinkMissing();
            pending = _outbox.Pending();
            UpdatePending();
        }
        bool good = true;
        foreach (string ulid in pending)
        {
            if (_stop.IsCancellationRequested) return good;
            good &= TryExport(ulid);
        }
        return good;
    }

    private long RunDue() => RunOnce() ? long.MaxValue : _time.GetUtcNow().ToUnixTimeMilliseconds() + RetryMs;

    /// <summary>Links a new block, on the thread that wrote it: behind it a compaction may take the files away.</summary>
    internal void OnBlockWritten(BlockInfo block)
    {
        try
        {
            lock (_lock)
            {
                Open();
                if (!IsKnown(block)) _outbox.Add(block);
                Trim();
                UpdatePending();
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or StorageCorruptionException)
        {
            Failed(block.Ulid, error);
        }
        _worker.Wake();
    }

    private void Open()
    {
        if (_opened) return;
        _outbox.Open();
        _manifest.Load();
        _opened = true;
    }

    private void LinkMissing()
    {
        long backlog = _outbox.Pending().Sum(_outbox.BytesOf);
        foreach (var block in _store.Blocks)
        {
            if (IsKnown(block)) continue;
            backlog += LakeOutbox.BytesIn(block.Path);
            // What does not fit yet keeps its first name for now and comes when there is room.
            if (_maxBacklog > 0 && backlog > _maxBacklog && _outbox.Pending().Count > 0) return;
            _outbox.Add(block);
        }
    }

    // A compaction's output is known by the blocks it was made of: their samples are in the table, or on their way.
    private bool IsKnown(BlockInfo block)
    {
        if (_manifest.Contains(block.Ulid) || _outbox.Contains(block.Ulid) || _skipped.Contains(block.Ulid)) return true;
        if (block.Level <= 1) return false;
        using var stored = StoredBlock.Open(block.Path);
        if (!_manifest.Covers(stored) && !stored.Sources.Any(_outbox.Contains)) return false;
        _skipped.Add(block.Ulid);
        return true;
    }

    /// <summary>Keeps the outbox below its cap by letting go of the oldest; one whose first name still stands comes again when there is room.</summary>
    private void Trim()
    {
        if (_maxBacklog == 0) return;
        var pending = _outbox.Pending().Where(u => u != _exporting).ToList();
        long backlog = pending.Sum(_outbox.BytesOf);
        for (int i = 0; i + 1 < pending.Count && backlog > _maxBacklog; i++)
        {
            backlog -= _outbox.BytesOf(pending[i]);
            Drop(pending[i]);
        }
    }

    private void Drop(string ulid)
    {
        if (_outbox.StartedIn(ulid) is { } root) LakeTable.Remove(root, ulid);
        if (_store.Blocks.Any(b => b.Ulid == ulid)) LogPostponed(_config.Name, ulid, _maxBacklog);
        else
        {
            _manifest.Add(new LakeEntry { Block = ulid, Dropped = "the outbox exceeded max_backlog" });
            _counts = _counts with { Dropped = _counts.Dropped + 1 };
            LogDropped(_config.Name, ulid, _maxBacklog);
        }
        _outbox.Remove(ulid);
    }

    private bool TryExport(string ulid)
    {
        try
        {
            lock (_lock)
            {
                if (!_outbox.Contains(ulid)) return true;
                _exporting = ulid;
            }
            Export(ulid);
            return true;
        }
        catch (OperationCanceledException)
        {
            return true;
        }
        catch (Exception error)
        {
            // The edge of the loop: one block must not stand in the way of those behind it.
            Failed(ulid, error);
            return false;
        }
        finally
        {
            lock (_lock)
            {
                _exporting = "";
                UpdatePending();
            }
        }
    }

    private void Export(string ulid)
    {
        if (!_manifest.Contains(ulid)) Write(ulid);
        AtStep?.Invoke("manifest");
        lock (_lock) _outbox.Remove(ulid);
    }

    private void Write(string ulid)
    {
        if (_outbox.StartedIn(ulid) is { } root) LakeTable.Remove(root, ulid);
        _outbox.MarkStarted(ulid, _table.Root);
        AtStep?.Invoke("started");
        using var block = StoredBlock.Open(_outbox.PathOf(ulid));
        var info = block.Info;
        var part = _table.Export(block, new(info.MinTimeMs, info.MaxTimeMs - 1), LakeLayout.Table, ulid, _stop.Token);
        AtStep?.Invoke("files");
        lock (_lock)
        {
            _manifest.Add(EntryOf(info, part));
            _counts = _counts.With(part, info);
        }
        LakeHot.RemoveCovered(_table.Root, info.MinTimeMs, info.MaxTimeMs);
        if (part.Histograms > 0 && !_toldOfHistograms) LogHistograms(_config.Name, part.Histograms, ulid);
        _toldOfHistograms |= part.Histograms > 0;
        if (part.UnreadableChunks > 0) LogUnreadable(_config.Name, ulid, part.UnreadableChunks);
        LogExported(_config.Name, ulid, part.Rows, part.Files.Count);
    }

    /// <summary>The manifest's line of an exported block.</summary>
    internal static LakeEntry EntryOf(BlockInfo block, LakePart part) => new()
    {
        Block = block.Ulid,
        MinTimeMs = block.MinTimeMs,
        MaxTimeMs = block.MaxTimeMs,
        Rows = part.Rows,
        StaleMarkers = part.StaleMarkers,
        Histograms = part.Histograms,
        UnreadableChunks = part.UnreadableChunks,
        Files = part.Files,
    };

    private void UpdatePending()
    {
        var pending = _outbox.Pending();
        _counts = _counts with { PendingBlocks = pending.Count, PendingBytes = pending.Sum(_outbox.BytesOf) };
    }

    private void Failed(string ulid, Exception error)
    {
        lock (_lock) _counts = _counts with { Failures = _counts.Failures + 1, LastError = error.Message };
        LogFailed(error, _config.Name, ulid);
    }

    // Not to be expected (a folder that vanished under the outbox); the next pass tries again.
    private void LogPassFailed(Exception error) => Failed("outbox", error);

    [LoggerMessage(Level = LogLevel.Information, Message = "sink {Sink}: block {Block} is in the lake: {Rows} rows in {Files} files")]
    private partial void LogExported(string sink, string block, long rows, int files);

    [LoggerMessage(Level = LogLevel.Error, Message = "sink {Sink}: block {Block} could not be brought into the lake; it is tried again")]
    private partial void LogFailed(Exception error, string sink, string block);

    [LoggerMessage(Level = LogLevel.Error, Message = "sink {Sink}: block {Block} is LOST to the lake: the outbox exceeds max_backlog ({Bytes} bytes) and the block is deleted")]
    private partial void LogDropped(string sink, string block, long bytes);

    [LoggerMessage(Level = LogLevel.Warning, Message = "sink {Sink}: block {Block} waits outside the outbox, which exceeds max_backlog ({Bytes} bytes)")]
    private partial void LogPostponed(string sink, string block, long bytes);

    // Once: the manifest counts them for each block.
    private bool _toldOfHistograms;

    [LoggerMessage(Level = LogLevel.Warning, Message = "sink {Sink}: native histograms have no table in the lake yet: {Histograms} samples of block {Block} are left out, further ones are counted in the manifest")]
    private partial void LogHistograms(string sink, long histograms, string block);

    [LoggerMessage(Level = LogLevel.Warning, Message = "sink {Sink}: {Chunks} chunks of block {Block} have an encoding that is not read and are left out")]
    private partial void LogUnreadable(string sink, string block, long chunks);
}
