using Streamline.Query.Operators;
using Streamline.Query.Plan;
using Streamline.Query.Syntax;
using Streamline.Storage;

namespace Streamline.Query.Engine;

/// <summary>
/// One run of a query on the caller's thread: (1) durations are resolved, (2) the tree is planned into operators, (3) the root is drained into result
/// series, (4) these are ordered. Also holds what the run has cost so far, for the log of one that fails.
/// </summary>
internal sealed class Evaluation(
    ISampleStore store, QueryEngineOptions options, QueryMemory memory, in EvaluationSpan span, PlanTrace? trace, CancellationToken cancellation) : IDisposable
{
    private readonly EvaluationSpan _span = span;
    private readonly PlanTrace? _trace = trace;
    private readonly QueryAccount _account = new(options.MaxSamples, memory) { Trace = trace };
    private readonly SampleMeter _meter = new(span.Grid, span.PerStepStats && options.PerStepStats, null, trace);
    private QueryPlanNode? _plan;
    private long _began, _planned, _drained, _sorted;

    /// <summary>Evaluates a tree; on a thread of theirs when there are any.</summary>
    public QueryResult Run(Expr expr, string text, QueryThreads? threads)
    {
        _began = options.Time.GetTimestamp();
        var context = new QueryContext(store, options, cancellation)
        {
            Account = _account,
            Meter = _meter,
            Trace = _trace,
            StartMs = _span.StartMs,
            EndMs = _span.EndMs,
            StepMs = _span.StepMs,
            LookbackMs = _span.LookbackMs,
            Text = text,
            Threads = threads,
        };
        context.CheckCancelled();
        Expr resolved = DurationResolver.Resolve(expr, _span.StartMs, _span.EndMs, _span.StepMs);
        List<ResultSeries> series = Series(context, resolved);
        _drained = options.Time.GetTimestamp();
        if (_span.StepMs > 0 || !KeepsOrder(resolved)) series.Sort((a, b) => a.Labels.CompareTo(b.Labels));
        _sorted = options.Time.GetTimestamp();
        ValueType type = _span.StepMs > 0 ? ValueType.Matrix : resolved.Type;
        string result = Planner.Unwrap(resolved) is StringLiteral literal ? literal.Value : "";
        return new QueryResult(type, series, result, context.Annotations.Warnings, context.Annotations.Infos, Stats()) { Plan = _plan, Lease = _account.LeaseResult() };
    }

    /// <summary>What the run has cost. Once, when it has ended.</summary>
    public QueryStats Stats()
    {
        _meter.Close();
        long now = options.Time.GetTimestamp();
        return new QueryStats
        {
            Timings = new QueryTimings(_span.Queued, Between(_began, _sorted, now), Between(_began, _planned, now), Between(_planned, _drained, now), Between(_drained, _sorted, now)),
            TotalQueryableSamples = _meter.Total,
            SamplesRead = _meter.Read,
            PeakSamples = _account.PeakSamples,
            PeakBytes = _account.PeakBytes,
            SeriesRead = _account.SeriesRead,
            Steps = _meter.TotalsByStep is { } totals ? new QueryStepStats(_span.StartMs, Math.Max(1, _span.StepMs), totals, _meter.ReadsByStep!) : null,
        };
    }

    /// <summary>Gives back what the run held.</summary>
    public void Dispose() => _account.Dispose();

    // A phase that a failed run did not come to has no length, one that it did not get out of ends now.
    private TimeSpan Between(long from, long to, long now) => from == 0 ? TimeSpan.Zero : options.Time.GetElapsedTime(from, to == 0 ? now : to);

    private List<ResultSeries> Series(QueryContext context, Expr expr)
    {
        var planner = new Planner(context);
        if (expr.Type == ValueType.String) return [];
        if (expr.Type == ValueType.Matrix)
        {
            using RangeSource source = planner.PlanRange(expr, _span.Grid, SelectHints.None);
            _planned = options.Time.GetTimestamp();
            return Explained(_trace is { Measures: false } ? [] : WithParameters(context, ResultBuilder.Collect(context, source)));
        }
        using Operator root = planner.PlanRoot(expr, _span.Grid);
        if (_trace is not { Measures: false }) root.Headers();
        _planned = options.Time.GetTimestamp();
        return Explained(_trace is { Measures: false } ? [] : WithParameters(context, ResultBuilder.Collect(context, root)));
    }

    private static List<ResultSeries> WithParameters(QueryContext context, List<ResultSeries> series)
    {
        foreach (ScalarParameter parameter in context.Parameters) _ = parameter.Values;
        return series;
    }

    private List<ResultSeries> Explained(List<ResultSeries> series)
    {
        if (_trace is null) return series;
        _plan = _trace.Finish();
        return [];
    }

    /// <summary>Whether the query asks for an order of its own.</summary>
    private static bool KeepsOrder(Expr expr) => expr.DescendantsAndSelf().Any(e =>
        e is CallExpr { Function.Name: "sort" or "sort_desc" or "sort_by_label" or "sort_by_label_desc" } or AggregateExpr { Op: AggregateOperator.Topk or AggregateOperator.Bottomk });
}

/// <summary>The times of a query; a step of 0 says instant query.</summary>
internal readonly record struct EvaluationSpan(long StartMs, long EndMs, long StepMs, long LookbackMs)
{
    /// <summary>How long the query waited for its turn.</summary>
    public TimeSpan Queued { get; init; }

    /// <summary>Whether counts by step are wanted.</summary>
    public bool PerStepStats { get; init; }

    public StepGrid Grid => StepMs > 0 ? StepGrid.Over(StartMs, EndMs, StepMs) : StepGrid.At(StartMs);
}
