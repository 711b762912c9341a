using Streamline.Query.Syntax;
using Streamline.Storage;

namespace Streamline.Query;

/// <summary>The door of this project: evaluates PromQL over a sample store. Thread safe.</summary>
public sealed class QueryEngine : IDisposable
{
    private readonly SemaphoreSlim _gate;

    /// <summary>Builds an engine over a store.</summary>
    public QueryEngine(ISampleStore store, QueryEngineOptions options)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(options);
        Options = options;
        _gate = new SemaphoreSlim(options.MaxConcurrency);
    }

    /// <summary>Limits and switches.</summary>
    public QueryEngineOptions Options { get; }

    /// <summary>Evaluates a query at one time.</summary>
    /// <exception cref="QueryException">The query has no answer.</exception>
    public Task<QueryResult> InstantAsync(string query, long timeMs, QueryParameters parameters, CancellationToken cancellationToken) =>
        RangeAsync(query, timeMs, timeMs, 1, parameters, cancellationToken);

    /// <summary>Evaluates a query at every step of a range, both ends included.</summary>
    /// <exception cref="QueryException">The query has no answer.</exception>
    public Task<QueryResult> RangeAsync(
        string query, long startMs, long endMs, long stepMs, QueryParameters parameters, CancellationToken cancellationToken) =>
        Task.FromException<QueryResult>(new QueryException(QueryErrorKind.Execution, $"evaluation is not built yet (lookback {Options.LookbackMs} ms)"));

    /// <summary>Evaluates a parsed query at one time on the caller's thread, outside the concurrency gate: for rules.</summary>
    /// <exception cref="QueryException">The query has no answer.</exception>
    public QueryResult Instant(Expr expr, long timeMs, CancellationToken cancellationToken) =>
        throw new QueryException(QueryErrorKind.Execution, $"evaluation is not built yet (lookback {Options.LookbackMs} ms)");

    /// <inheritdoc/>
    public void Dispose() => _gate.Dispose();
}
