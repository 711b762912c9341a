using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Streamline.Pipeline.Config;
using Streamline.Pipeline.Exposition;
using Streamline.Pipeline.Graph;
using Streamline.Pipeline.Queries;
using Streamline.Pipeline.Sinks;
using Streamline.Query;
using Streamline.Storage;

namespace Streamline.Pipeline;

/// <summary>
/// The door of the pipeline: one configuration as a running dataflow graph over one database. Opened, started, reloaded any number of times, disposed.
/// </summary>
/// <remarks>
/// The way of a sample: 1 a source fills a batch (<see cref="ISource"/>), 2 its route is looked up or found (<c>SeriesRouter</c>), 3 the batch passes the
/// stages of its pipeline (<see cref="PipelineChain"/>), 4 it is committed (<see cref="AppendNode"/>), 5 those who follow the commit see it (live rules),
/// 6 alerts go to dispatch and receivers, 7 blocks go to the outbox of each sink.
/// Shutdown runs the same way: sources stop, stages drain, rules end, the appender empties, notifications are sent, the database closes.
/// </remarks>
public sealed partial class PipelineHost : IAsyncDisposable
{
    // Head cut, retention and released limits are looked at this often; one pass without work costs microseconds.
    private static readonly TimeSpan MaintenanceInterval = TimeSpan.FromSeconds(30), ShortestInterval = TimeSpan.FromSeconds(1);

    private readonly PipelineHostOptions _options;
    private readonly ILogger _logger;
    private readonly Meter _meter = new("Streamline");
    private readonly MeterCollector _metrics;
    private readonly MetadataCatalogue _metadata = new();
    private readonly QueryWatch _queries;
    private readonly AppendNode _append;
    private readonly SourceSet _sources;
    private readonly CancellationTokenSource _stop = new();

    // One reload at a time; also guards the chains.
    private readonly SemaphoreSlim _reload = new(1, 1);
    private Dictionary<string, PipelineChain> _chains = [];
    private volatile StreamlineConfig _config;
    private Task _maintenance = Task.CompletedTask;
    private Task _watch = Task.CompletedTask;
    // Released by a commit that fills the head.
    private readonly SemaphoreSlim _maintenanceDue = new(0);

    private PipelineHost(PipelineHostOptions options, ConfigResult config)
    {
        _options = options;
        _logger = options.Logs.CreateLogger<PipelineHost>();
        _config = config.Config!;
        _metrics = new MeterCollector(_meter, new ProcessMetrics());
        Store = OpenStore(options, _config, _meter);
        _queries = new QueryWatch(options.DataPath, options.Query.MaxConcurrency, options.Time, _meter, options.Logs.CreateLogger("Query"));
        Query = new QueryEngine(Store, options.Query with
        {
            DefaultSubqueryStepMs = (long)_config.Global.EvaluationInterval.TotalMilliseconds,
            Time = options.Time,
            Meter = _meter,
            Observer = _queries,
        });
        _append = new AppendNode(Store, options.Logs.CreateLogger<AppendNode>(), options.Features.Contains("created-timestamp-zero-ingestion"));
        _sources = new SourceSet(MakeSource);
        StartedAt = options.Time.GetUtcNow();
        OpenParts();
        Warn(config);
    }

    /// <summary>The database.</summary>
    public Tsdb Store { get; }

    /// <summary>The query engine over it.</summary>
    public QueryEngine Query { get; }

    /// <summary>The meter of /metrics and of the self source, for what is counted outside of the host.</summary>
    public Meter Meter => _meter;

    /// <summary>When the host was opened.</summary>
    public DateTimeOffset StartedAt { get; }

    /// <summary>True between start and stop.</summary>
    public bool IsReady { get; private set; }

    /// <summary>Reads the configuration and opens the database; nothing runs yet.</summary>
    /// <exception cref="ConfigException">The configuration has errors.</exception>
    /// <exception cref="TsdbLockedException">Another process has the data directory.</exception>
    /// <exception cref="IOException">The data directory cannot be read or written.</exception>
    public static PipelineHost Open(PipelineHostOptions options)
    {
        var config = ConfigLoader.Load(options.ConfigFile);
        if (!config.IsValid) throw new ConfigException(config.Errors);
        RefuseUnbuilt(config.Config!, options.Features);
        return new PipelineHost(options, config);
    }

    /// <summary>Starts rules, stages and sources.</summary>
    public void Start()
    {
        Apply(_config);
        _journals.KeepOnly(_chains.Values.SelectMany(c => c.JournalIds));
        StartParts();
        Store.MaintenanceDue += () => _maintenanceDue.Release();
        _maintenance = Task.Run(MaintainAsync);
        if (_options.AutoReloadInterval > TimeSpan.Zero) _watch = new ConfigWatch(_options.AutoReloadInterval, _options.Time, () => _config.Sources.HaveChanged(), ReloadAsync, _logger).RunAsync(_stop.Token);
        IsReady = true;
        NoteReload(success: true);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        IsReady = false;
        await _stop.CancelAsync().ConfigureAwait(false);
        await _reload.WaitAsync().ConfigureAwait(false);
        await Task.WhenAll(_sources.All.Select(s => StopAsync(s.Source))).ConfigureAwait(false);
        foreach (var chain in _chains.Values) await chain.DrainAsync(static (_, _) => true).ConfigureAwait(false);
        await StopRulesAsync().ConfigureAwait(false);
        await _append.DisposeAsync().ConfigureAwait(false);
        await StopPartsAsync().ConfigureAwait(false);
        await _maintenance.ConfigureAwait(false);
        await _watch.ConfigureAwait(false);
        foreach (var source in _sources.All.Select(s => s.Source).OfType<IDisposable>()) source.Dispose();
        Query.Dispose();
        _queries.Dispose();
        Store.Dispose();
        _metrics.Dispose();
        _meter.Dispose();
        _stop.Dispose();
        _reload.Dispose();
        _maintenanceDue.Dispose();
    }

    private static Tsdb OpenStore(PipelineHostOptions options, StreamlineConfig config, Meter meter)
    {
        var log = options.Logs.CreateLogger<Tsdb>();
        var limits = LimitsOf(options, config.Storage.Tsdb);
        return Tsdb.Open(new TsdbOptions
        {
            Path = options.DataPath,
            Time = options.Time,
            Meter = meter,
            BlockDurationMs = options.BlockDurationMs,
            MaxBlockDurationMs = options.MaxBlockDurationMs,
            RetentionMs = limits.TimeMs,
            RetentionBytes = limits.Bytes,
            RetentionPercentage = limits.Percentage,
            Fsync = config.Storage.Tsdb.Wal.Policy,
            OutOfOrderWindowMs = config.Storage.Tsdb.OutOfOrderWindowMs,
            MaxExemplars = MaxExemplarsOf(options, config.Storage),
            StaleSeriesThreshold = config.Storage.Tsdb.StaleSeriesCompactionThreshold,
            FloatChunks = FloatChunksOf(options, config.Storage.Tsdb),
            NoLockFile = options.NoLockFile,
            MaxChunkSegmentBytes = options.MaxChunkSegmentBytes,
            MergesOverlapping = options.MergesOverlapping,
            HoldsBack = options.DelayCompactFile.Length > 0 ? new UploadedBlocks(options.DelayCompactFile, options.Time, log).IsWaitedFor : null,
            CutDelayPercent = options.Features.Contains("delayed-compaction") ? options.CutDelayPercent : 0,
            WalSegmentBytes = options.WalSegmentBytes,
            WalCompression = options.WalCompression,
            Log = (level, message) => LogStorage(log, level switch
            {
                TsdbLogLevel.Debug => LogLevel.Debug,
                TsdbLogLevel.Info => LogLevel.Information,
                TsdbLogLevel.Warning => LogLevel.Warning,
                TsdbLogLevel.Error => LogLevel.Error,
            }, message),
        });
    }

    private static RetentionLimits LimitsOf(PipelineHostOptions options, TsdbConfig config) =>
        new(RetentionMsOf(options, config.Retention), RetentionBytesOf(options, config.Retention), config.Retention?.Percentage ?? 0);

    /// <summary>The time in the configuration, else the flag's; without either 15 days, unless a size limits the store.</summary>
    private static long RetentionMsOf(PipelineHostOptions options, RetentionConfig? config)
    {
        if (config is { Time.Ticks: > 0 }) return (long)config.Time.TotalMilliseconds;
        if (options.RetentionMs > 0) return options.RetentionMs;
        return RetentionBytesOf(options, config) > 0 || config is { Percentage: > 0 } ? 0 : 15L * 24 * 3600 * 1000;
    }

    private static FloatChunkEncoding FloatChunksOf(PipelineHostOptions options, TsdbConfig config) => config.ChunkEncoding.FloatsOf(options.Features.Contains("xor2-encoding"));

    // As in Prometheus: without the feature none are kept.
    private static long MaxExemplarsOf(PipelineHostOptions options, StorageConfig config) => options.Features.Contains("exemplar-storage") ? Math.Max(config.Exemplars.MaxExemplars, 0) : 0;

    private static long RetentionBytesOf(PipelineHostOptions options, RetentionConfig? config) => config is { Size.Bytes: > 0 } ? config.Size.Bytes : options.RetentionBytes;

    private async Task MaintainAsync()
    {
        var due = _maintenanceDue.WaitAsync(_stop.Token);
        var interval = TimeSpan.FromTicks(Math.Clamp(_options.BlockReloadInterval.Ticks, ShortestInterval.Ticks, MaintenanceInterval.Ticks));
        try
        {
            while (true)
            {
                // A full head is cut at once; the rest can wait for the timer.
                await Task.WhenAny(Task.Delay(interval, _options.Time, _stop.Token), due).ConfigureAwait(false);
                _stop.Token.ThrowIfCancellationRequested();
                if (due.IsCompleted) due = _maintenanceDue.WaitAsync(_stop.Token);
                Maintain();
                await ReleaseLimitsAsync().ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private void Maintain()
    {
        try
        {
            Store.Maintain();
        }
        catch (Exception error)
        {
            LogMaintenanceFailed(error);
        }
    }

    // Not while a reload runs: sources that have switched to a new chain would get the router of the old one.
    private async Task ReleaseLimitsAsync()
    {
        await _reload.WaitAsync(_stop.Token).ConfigureAwait(false);
        try
        {
            foreach (var chain in _chains.Values)
            {
                if (chain.ReleaseLimits()) _sources.UseRouter(chain);
            }
        }
        catch (Exception error)
        {
            LogReleaseFailed(error);
        }
        finally
        {
            _reload.Release();
        }
    }

    // The edge of a source: one that fails to end must not keep the log from being closed.
    private async Task StopAsync(ISource source)
    {
        try
        {
            await source.StopAsync().ConfigureAwait(false);
        }
        catch (Exception error)
        {
            LogSourceFailed(error, source.Kind, source.Name);
        }
    }

    private void Warn(ConfigResult config)
    {
        foreach (var warning in config.Warnings) LogConfigWarning(warning.ToString());
        if (config.Config!.Storage.Tsdb.ChunkEncoding.Floats == FloatEncoding.Xor2 && !_options.Features.Contains("xor2-encoding"))
            LogConfigWarning("storage.tsdb.chunk_encoding.floats: xor2 is taken without the feature xor2-encoding; Prometheus 3.14 refuses that, and before 3.11 it cannot read the blocks");
    }

    [LoggerMessage(Message = "{Text}")]
    private static partial void LogStorage(ILogger logger, LogLevel level, string text);

    [LoggerMessage(Level = LogLevel.Error, Message = "head compaction, retention or checkpoint failed; it is tried again")]
    private partial void LogMaintenanceFailed(Exception error);

    [LoggerMessage(Level = LogLevel.Error, Message = "room of series that left the head could not be given up; it is tried again")]
    private partial void LogReleaseFailed(Exception error);

    [LoggerMessage(Level = LogLevel.Error, Message = "source {Kind} {Name} did not end in order")]
    private partial void LogSourceFailed(Exception error, string kind, string name);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Warning}")]
    private partial void LogConfigWarning(string warning);
}
