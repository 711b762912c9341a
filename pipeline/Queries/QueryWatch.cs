using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Streamline.Query;

namespace Streamline.Pipeline.Queries;

/// <summary>Sees every query of the engine: keeps the list of those that run, writes the query log, tells of slow ones. A full disk never fails a query.</summary>
internal sealed partial class QueryWatch : IQueryObserver, IDisposable
{
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly ActiveQueries? _active;
    private volatile QueryLog? _log;
    private volatile bool _failed;
    private long _failures;
    private long _slowTicks = long.MaxValue;

    public QueryWatch(string dataPath, int slots, TimeProvider time, Meter meter, ILogger logger)
    {
        _logger = logger;
        _time = time;
        meter.CreateObservableGauge("prometheus_engine_query_log_enabled", () => _log is null ? 0 : 1, description: "1 when there is a query log.");
        meter.CreateObservableCounter("prometheus_engine_query_log_failures_total", () => Interlocked.Read(ref _failures), description: "Lines that could not be written to the query log.");
        try
        {
            _active = ActiveQueries.Open(dataPath, slots, time, out IReadOnlyList<string> unfinished);
            if (unfinished.Count > 0) LogUnfinished(string.Join(", ", unfinished));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            LogNoActive(error);
        }
    }

    public bool WantsRecord(TimeSpan took) => _log is not null || IsSlow(took);

    public int Running(string text) => Tried(() => _active?.Add(text) ?? -1, -1);

    public void Stopped(int number) => Tried(() => { _active?.Remove(number); return 0; }, 0);

    public void Ended(QueryRecord record)
    {
        if (IsSlow(record.Stats.Timings.Total)) TellSlow(record);
        try
        {
            _log?.Write(record);
            _failed = false;
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            Interlocked.Increment(ref _failures);
            if (error is not IOException || _failed) return;
            _failed = true;
            LogFailed(error);
        }
    }

    /// <summary>Opens the log of a configuration; null when it has none. To be handed to <see cref="Use"/>.</summary>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public QueryLog? Prepare(string path) => path.Length == 0 ? null : new QueryLog(path, _time);

    /// <summary>Takes a log in the old one's place, and the time from which on a query is slow; zero: none is.</summary>
    public void Use(QueryLog? log, TimeSpan slow)
    {
        QueryLog? old = _log;
        _log = log;
        old?.Dispose();
        Volatile.Write(ref _slowTicks, slow > TimeSpan.Zero ? slow.Ticks : long.MaxValue);
    }

    public void Dispose()
    {
        Use(null, TimeSpan.Zero);
        _active?.Dispose();
    }

    private bool IsSlow(TimeSpan took) => took.Ticks >= Volatile.Read(ref _slowTicks);

    private static int Tried(Func<int> action, int otherwise)
    {
        try
        {
            return action();
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            return otherwise;
        }
    }

    private void TellSlow(QueryRecord record)
    {
        string asker = record.Origin switch
        {
            HttpQueryOrigin http => http.ClientIp,
            RuleQueryOrigin rule => rule.Group,
            _ => "",
        };
        LogSlow(record.Stats.Timings.Total.TotalSeconds, record.Stats.Timings.Queue.TotalSeconds, record.Stats.SeriesRead, record.Stats.SamplesRead, record.Stats.PeakBytes, asker, record.Text);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "slow query: {Seconds:F3} s, {Queue:F3} s of it in the queue, {Series} series, {Samples} samples, {Bytes} bytes at most, asked by {Asker}: {Query}")]
    private partial void LogSlow(double seconds, double queue, long series, long samples, long bytes, string asker, string query);

    [LoggerMessage(Level = LogLevel.Warning, Message = "these queries ran when the last run ended: {Queries}")]
    private partial void LogUnfinished(string queries);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the list of running queries cannot be kept")]
    private partial void LogNoActive(Exception error);

    [LoggerMessage(Level = LogLevel.Error, Message = "the query log cannot be written; failures are counted")]
    private partial void LogFailed(Exception error);
}
