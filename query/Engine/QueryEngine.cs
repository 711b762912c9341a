using Streamline.Query.Engine;
using Streamline.Query.Syntax;
using Streamline.Storage;

namespace Streamline.Query;

/// <summary>The door of this project: evaluates PromQL over a sample store. Thread safe.</summary>
public sealed class QueryEngine : IDisposable
{
    // Prometheus's bound on points per series (web/api/v1, query_range).
    private const long MaxPoints = 11_000;

    private readonly ISampleStore _store;
    private readonly SemaphoreSlim _gate;
    private readonly EngineMetrics _metrics;
    private readonly QueryMemory _memory = new();
    private readonly QueryThreads _threads;

    /// <summary>Builds an engine over a store.</summary>
    public QueryEngine(ISampleStore store, QueryEngineOptions options)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(options);
        _store = store;
        Options = options;
        _gate = new SemaphoreSlim(options.MaxConcurrency);
        _threads = new QueryThreads(options.MaxConcurrency + Environment.ProcessorCount, Environment.ProcessorCount);
        _metrics = new EngineMetrics(options.Meter, options, _memory);
    }

    /// <summary>Limits and switches.</summary>
    public QueryEngineOptions Options { get; private set; }

    /// <summary>Step of subqueries that give none: the evaluation interval. A change holds for queries that begin later.</summary>
    public long DefaultSubqueryStepMs
    {
        get => Options.DefaultSubqueryStepMs;
        set => Options = Options with { DefaultSubqueryStepMs = value };
    }

    /// <summary>Whether rules have something to evaluate: queries leave a core to them between two batches of series. The slots and dirty rules of one process say so.</summary>
    public bool RulesHaveWay
    {
        get => _threads.Yields;
        set => _threads.Yields = value;
    }

    /// <summary>What all queries hold.</summary>
    internal QueryMemory Memory => _memory;

    private SyntaxFeatures Features =>
        (Options.ExperimentalFunctions ? SyntaxFeatures.ExperimentalFunctions : SyntaxFeatures.None)
        | (Options.ExtendedRangeSelectors ? SyntaxFeatures.ExtendedRangeSelectors : SyntaxFeatures.None)
        | (Options.FillModifiers ? SyntaxFeatures.FillModifiers : SyntaxFeatures.None);

    /// <summary>Evaluates a query at one time. It waits for its turn, then runs on a thread of the engine.</summary>
    /// <exception cref="QueryException">The query has no answer.</exception>
    public Task<QueryResult> InstantAsync(string query, long timeMs, QueryParameters parameters, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        return GatedAsync(query, timeMs, timeMs, 0, parameters, cancellationToken);
    }

    /// <summary>Evaluates a query at every step of a range, both ends included. It waits for its turn, then runs on a thread of the engine.</summary>
    /// <exception cref="QueryException">The query has no answer.</exception>
    public Task<QueryResult> RangeAsync(
        string query, long startMs, long endMs, long stepMs, QueryParameters parameters, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        CheckRange(startMs, endMs, stepMs);
        return GatedAsync(query, startMs, endMs, stepMs, parameters, cancellationToken);
    }

    /// <summary>Evaluates a parsed query at one time on the caller's thread, outside the concurrency gate: for rules.</summary>
    /// <exception cref="QueryException">The query has no answer.</exception>
    public QueryResult Instant(Expr expr, long timeMs, CancellationToken cancellationToken) => Instant(expr, timeMs, null, cancellationToken);

    /// <summary>The same, with the rule that asks, for the query log.</summary>
    /// <exception cref="QueryException">The query has no answer.</exception>
    public QueryResult Instant(Expr expr, long timeMs, QueryOrigin? origin, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(expr);
        using var deadline = new Deadline(Options, QueryParameters.Default, cancellationToken);
        return Evaluate(new QueryRun(expr, "", new EvaluationSpan(timeMs, timeMs, 0, Options.LookbackMs), origin), deadline, threads: null);
    }

    /// <summary>Parses a query with the language features that this engine has switched on.</summary>
    /// <exception cref="PromqlSyntaxException">The text is no query, or uses a feature that is off.</exception>
    public Expr Parse(string query) => PromqlParser.Parse(query, Features);

    /// <summary>
    /// Sets the most bytes that one query may hold and that all may hold together; 0 sets no limit. A query above one of them ends with an error; queries that
    /// run feel a change at their next step.
    /// </summary>
    public void LimitMemory(long perQueryBytes, long totalBytes) => _memory.Limit(perQueryBytes, totalBytes);

    /// <inheritdoc/>
    public void Dispose()
    {
        _threads.Dispose();
        _gate.Dispose();
    }

    private static void CheckRange(long startMs, long endMs, long stepMs)
    {
        if (stepMs <= 0)
        {
            throw new QueryException(
                QueryErrorKind.BadData,
                "invalid parameter \"step\": zero or negative query resolution step widths are not accepted. Try a positive integer");
        }
        if (endMs < startMs) throw new QueryException(QueryErrorKind.BadData, "invalid parameter \"end\": end timestamp must not be before start time");
        if ((endMs - startMs) / stepMs > MaxPoints)
        {
            throw new QueryException(
                QueryErrorKind.BadData, "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)");
        }
    }

    private Expr Parse(string query, bool isRange)
    {
        Expr expr;
        try
        {
            expr = Parse(query);
        }
        catch (PromqlSyntaxException e)
        {
            throw new QueryException(QueryErrorKind.BadData, $"invalid parameter \"query\": {e.Message}", e);
        }
        if (!isRange || expr.Type is ValueType.Scalar or ValueType.Vector) return expr;
        string type = expr.Type == ValueType.Matrix ? "range vector" : "string";
        throw new QueryException(
            QueryErrorKind.BadData, $"invalid parameter \"query\": invalid expression type \"{type}\" for range query, must be Scalar or instant Vector");
    }

    private async Task<QueryResult> GatedAsync(
        string query, long startMs, long endMs, long stepMs, QueryParameters parameters, CancellationToken cancellationToken)
    {
        Expr expr = Parse(query, stepMs > 0);
        using var deadline = new Deadline(Options, parameters, cancellationToken);
        var span = new EvaluationSpan(startMs, endMs, stepMs, parameters.LookbackMs ?? Options.LookbackMs) { PerStepStats = parameters.PerStepStats };
        var run = new QueryRun(expr, query, span, parameters.Origin) { Explain = parameters.Explain };
        _metrics.Started();
        try
        {
            TimeSpan queued = await EnterAsync(deadline, run).ConfigureAwait(false);
            int number = Options.Observer?.Running(query) ?? 0;
            try
            {
                QueryRun started = run with { Span = span with { Queued = queued } };
                return await _threads.Run(() => Evaluate(started, deadline, _threads)).ConfigureAwait(false);
            }
            finally
            {
                Options.Observer?.Stopped(number);
                _gate.Release();
            }
        }
        finally
        {
            _metrics.Ended();
        }
    }

    private async Task<TimeSpan> EnterAsync(Deadline deadline, QueryRun run)
    {
        long began = Options.Time.GetTimestamp();
        try
        {
            await _gate.WaitAsync(deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e)
        {
            QueryException error = deadline.Explain("query queue", e);
            TimeSpan waited = Options.Time.GetElapsedTime(began);
            var stats = new QueryStats { Timings = new QueryTimings(waited, default, default, default, default) };
            Tell(run, stats, error.Message);
            throw error;
        }
        TimeSpan queued = Options.Time.GetElapsedTime(began);
        _metrics.Queued(queued);
        return queued;
    }

    private QueryResult Evaluate(QueryRun run, Deadline deadline, QueryThreads? threads)
    {
        using var evaluation = new Evaluation(_store, Options, _memory, run.Span, run.Trace(Options.Time), deadline.Token);
        try
        {
            QueryResult result = evaluation.Run(run.Expr, run.Text, threads);
            _metrics.Evaluated(result.Stats);
            Tell(run, result.Stats, null);
            return result;
        }
        catch (Exception e) when (Refusal(e, deadline) is { } refusal)
        {
            Tell(run, evaluation.Stats(), refusal.Message);
            if (ReferenceEquals(refusal, e)) throw;
            throw refusal;
        }
    }

    /// <summary>What a failure is called outside; null for one that is our bug.</summary>
    private static QueryException? Refusal(Exception failure, Deadline deadline) => failure switch
    {
        QueryException refusal => refusal,
        OperationCanceledException cancelled => deadline.Explain("expression evaluation", cancelled),
        StorageCorruptionException damage => new QueryException(QueryErrorKind.Execution, $"expanding series: {damage.Message}", damage),
        // An array longer than .NET makes any, asked for before the books could refuse it.
        OutOfMemoryException or OverflowException => new QueryException(QueryErrorKind.Execution, "the query needs more memory than there is in query execution", failure),
        _ => null,
    };

    private void Tell(QueryRun run, QueryStats stats, string? error)
    {
        if (Options.Observer is not { } observer || !observer.WantsRecord(stats.Timings.Total)) return;
        string text = run.Text.Length > 0 ? run.Text : run.Expr.ToString();
        observer.Ended(new QueryRecord(text, run.Span.StartMs, run.Span.EndMs, run.Span.StepMs, run.Origin, stats, error));
    }

    private readonly record struct QueryRun(Expr Expr, string Text, EvaluationSpan Span, QueryOrigin? Origin)
    {
        public ExplainMode Explain { get; init; }

        public PlanTrace? Trace(TimeProvider time) => Explain == ExplainMode.None ? null : new PlanTrace(time, Explain == ExplainMode.Analyze);
    }
}
