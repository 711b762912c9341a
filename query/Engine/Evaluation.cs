using Streamline.Query.Operators;
using Streamline.Query.Plan;
using Streamline.Query.Syntax;
using Streamline.Storage;

namespace Streamline.Query.Engine;

/// <summary>
/// One run of a query on the caller's thread: (1) durations are resolved, (2) the tree is planned into operators, (3) the root is drained into result
/// series, (4) these are ordered.
/// </summary>
internal sealed class Evaluation(ISampleStore store, QueryEngineOptions options, QueryMemory memory, CancellationToken cancellation)
{
    /// <summary>Evaluates a tree; a step of 0 says instant query.</summary>
    public QueryResult Run(Expr expr, string text, long startMs, long endMs, long stepMs, long lookbackMs, bool usesLanes)
    {
        long began = options.Time.GetTimestamp();
        using var account = new QueryAccount(options.MaxSamples, memory);
        var context = new QueryContext(store, options, cancellation)
        {
            Account = account,
            StartMs = startMs,
            EndMs = endMs,
            StepMs = stepMs,
            LookbackMs = lookbackMs,
            Text = text,
            UsesLanes = usesLanes && Environment.ProcessorCount > 1,
        };
        context.CheckCancelled();
        Expr resolved = DurationResolver.Resolve(expr, startMs, endMs, stepMs);
        List<ResultSeries> series = Series(context, resolved);
        if (stepMs > 0 || !KeepsOrder(resolved)) series.Sort((a, b) => a.Labels.CompareTo(b.Labels));
        var stats = new QueryStats(account.SamplesRead, account.PeakSamples, account.SeriesRead, options.Time.GetElapsedTime(began)) { PeakBytes = account.PeakBytes };
        ValueType type = stepMs > 0 ? ValueType.Matrix : resolved.Type;
        string result = Planner.Unwrap(resolved) is StringLiteral literal ? literal.Value : "";
        return new QueryResult(type, series, result, context.Annotations.Warnings, context.Annotations.Infos, stats) { Lease = account.LeaseResult() };
    }

    private static List<ResultSeries> Series(QueryContext context, Expr expr)
    {
        StepGrid grid = context.StepMs > 0 ? StepGrid.Over(context.StartMs, context.EndMs, context.StepMs) : StepGrid.At(context.StartMs);
        var planner = new Planner(context);
        if (expr.Type == ValueType.String) return [];
        if (expr.Type == ValueType.Matrix)
        {
            using RangeSource source = planner.PlanRange(expr, grid, SelectHints.None);
            return ResultBuilder.Collect(context, source);
        }
        using Operator root = planner.PlanRoot(expr, grid);
        return ResultBuilder.Collect(context, root);
    }

    /// <summary>Whether the query asks for an order of its own.</summary>
    private static bool KeepsOrder(Expr expr) => expr.DescendantsAndSelf().Any(e =>
        e is CallExpr { Function.Name: "sort" or "sort_desc" or "sort_by_label" or "sort_by_label_desc" } or AggregateExpr { Op: AggregateOperator.Topk or AggregateOperator.Bottomk });
}
