using Microsoft.Extensions.Logging;
using Streamline.Storage;

namespace Streamline.Pipeline.Ingest.Otlp;

/// <summary>
/// What all delta series have come to, with the journal that keeps it over a restart: a request is answered when its totals are written. Belongs to the host: a reload
/// that makes the receiver anew goes on with it. Everything under <see cref="Gate"/>.
/// </summary>
internal sealed partial class DeltaStreams : IDisposable
{
    // About 300 bytes a stream; a sender of more distinct delta series gets an error instead of our memory.
    public const int MaxStreams = 500_000;

    private const long IdleMs = 5 * 60_000;

    // FsyncPolicy.Interval, as the log's.
    private static readonly TimeSpan SyncInterval = TimeSpan.FromSeconds(1);

    private readonly Dictionary<UInt128, DeltaStream> _streams = [];
    private readonly HashSet<UInt128> _touched = [];
    private readonly DeltaJournal _journal;
    private readonly Func<FsyncPolicy> _fsync;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private bool _isLoaded;

    // The file lacks something: the next write is a whole one.
    private bool _isBehind = true;
    private bool _failing;
    private volatile bool _unsynced;

    public DeltaStreams(string folder, Func<FsyncPolicy> fsync, TimeProvider time, ILogger logger)
    {
        (_fsync, _logger) = (fsync, logger);
        _journal = new DeltaJournal(folder);
        _timer = time.CreateTimer(_ => Sync(), null, SyncInterval, SyncInterval);
    }

    /// <summary>Held from the first point of a request until its totals are written.</summary>
    public Lock Gate { get; } = new();

    public int Count => _streams.Count;

    /// <summary>The stream, made when there is none, and marked to be written; null when there are as many as may be.</summary>
    public DeltaStream? Touch(UInt128 key, long nowMs)
    {
        Load();
        if (!_streams.TryGetValue(key, out var stream))
        {
            if (_streams.Count >= MaxStreams) return null;
            _streams[key] = stream = new DeltaStream();
        }
        stream.SeenMs = nowMs;
        _touched.Add(key);
        return stream;
    }

    /// <summary>Forgets streams that have been silent for five minutes.</summary>
    public void Expire(long nowMs)
    {
        Load();
        foreach (var (key, stream) in _streams)
        {
            if (nowMs - stream.SeenMs <= IdleMs) continue;
            _streams.Remove(key);
            if (!_isBehind) _journal.AddEnd(key);
        }
    }

    /// <summary>
    /// Writes what was touched; false when the disk refuses. The totals stay: a sender that sends its points again gets them, and they are written then.
    /// </summary>
    public bool TryWrite()
    {
        if (_touched.Count == 0) return true;
        try
        {
            if (_isBehind || _journal.IsGrown) Rewrite();
            else Append();
            _unsynced = true;
            if (_failing) LogWorks();
            return !(_failing = false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _journal.Discard();
            _isBehind = true;
            if (!_failing) LogFailed(error);
            _failing = true;
            return false;
        }
        finally
        {
            _touched.Clear();
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        Force();
        _journal.Dispose();
    }

    private void Load()
    {
        if (_isLoaded) return;
        _isLoaded = true;
        try
        {
            if (_journal.Load(_streams, MaxStreams) is { } damage) LogDamage(damage);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            LogUnreadable(error);
        }
    }

    private void Rewrite()
    {
        _journal.Rewrite(_streams);
        _isBehind = false;
    }

    private void Append()
    {
        foreach (var key in _touched) _journal.Add(key, _streams[key]);
        _journal.Flush(sync: _fsync() == FsyncPolicy.Commit);
    }

    private void Sync()
    {
        if (_fsync() == FsyncPolicy.Interval) Force();
    }

    private void Force()
    {
        if (!_unsynced) return;
        _unsynced = false;
        try
        {
            _journal.Sync();
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            // A rewrite closed this file after syncing it.
            LogFailed(error);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "OTLP delta series: {Damage}")]
    private partial void LogDamage(string damage);

    [LoggerMessage(Level = LogLevel.Error, Message = "the journal of OTLP delta series cannot be read; they begin anew")]
    private partial void LogUnreadable(Exception error);

    [LoggerMessage(Level = LogLevel.Error, Message = "the journal of OTLP delta series cannot be written; requests with deltas get 503 until it can")]
    private partial void LogFailed(Exception error);

    [LoggerMessage(Level = LogLevel.Information, Message = "the journal of OTLP delta series can be written again")]
    private partial void LogWorks();
}
