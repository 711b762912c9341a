namespace Streamline.Query.Engine;

/// <summary>A query's end: the caller's token or the timeout, whichever comes first.</summary>
internal sealed class Deadline : IDisposable
{
    private readonly CancellationTokenSource _timeout;
    private readonly CancellationTokenSource _either;
    private readonly CancellationToken _caller;

    public Deadline(QueryEngineOptions options, QueryParameters parameters, CancellationToken caller)
    {
        long timeoutMs = Math.Min(parameters.TimeoutMs ?? options.TimeoutMs, options.TimeoutMs);
        _timeout = new CancellationTokenSource(TimeSpan.FromMilliseconds(Math.Max(0, timeoutMs)), options.Time);
        _either = CancellationTokenSource.CreateLinkedTokenSource(_timeout.Token, caller);
        _caller = caller;
    }

    /// <summary>Fires at the end.</summary>
    public CancellationToken Token => _either.Token;

    /// <summary>Prometheus's error for a query that was stopped in a phase.</summary>
    public QueryException Explain(string phase, OperationCanceledException cause) => _caller.IsCancellationRequested
        ? new QueryException(QueryErrorKind.Canceled, $"query was canceled in {phase}", cause)
        : new QueryException(QueryErrorKind.Timeout, $"query timed out in {phase}", cause);

    /// <inheritdoc/>
    public void Dispose()
    {
        _either.Dispose();
        _timeout.Dispose();
    }
}
