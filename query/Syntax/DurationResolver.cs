using Streamline.Storage;

namespace Streamline.Query.Syntax;

/// <summary>
/// Computes duration expressions (<c>[5m * 2]</c>, <c>offset -step()</c>) for one query: the tree that comes back has numbers only. Trees without such
/// expressions, which is nearly all, come back as they are.
/// </summary>
internal static class DurationResolver
{
    /// <summary>Resolves all durations for a query from start to end (equal for an instant query).</summary>
    /// <exception cref="QueryException">A duration is not positive, not finite, or out of range.</exception>
    public static Expr Resolve(Expr expr, long startMs, long endMs, long stepMs) =>
        Needed(expr) ? Rewrite(expr, new Times(stepMs / 1000.0, (endMs - startMs) / 1000.0)) : expr;

    private static bool Needed(Expr expr) => expr switch
    {
        VectorSelector { OffsetExpr: not null } or MatrixSelector { RangeExpr: not null } => true,
        SubqueryExpr { RangeExpr: not null } or SubqueryExpr { StepExpr: not null } or SubqueryExpr { OffsetExpr: not null } => true,
        _ => expr.Children.Any(Needed),
    };

    private static Expr Rewrite(Expr expr, Times times) => expr switch
    {
        VectorSelector selector => Rewrite(selector, times),
        MatrixSelector matrix => matrix with
        {
            Vector = Rewrite(matrix.Vector, times),
            RangeMs = matrix.RangeExpr is null ? matrix.RangeMs : Compute(matrix.RangeExpr, times, mayBeNegative: false),
            RangeExpr = null,
        },
        SubqueryExpr subquery => Rewrite(subquery, times),
        _ => expr.WithChildren(child => Rewrite(child, times)),
    };

    private static VectorSelector Rewrite(VectorSelector selector, Times times) => selector.OffsetExpr is null
        ? selector
        : selector with { OffsetMs = Compute(selector.OffsetExpr, times, mayBeNegative: true), OffsetExpr = null };

    private static SubqueryExpr Rewrite(SubqueryExpr subquery, Times times) =>
        ((SubqueryExpr)subquery.WithChildren(child => Rewrite(child, times))) with
        {
            OffsetMs = subquery.OffsetExpr is null ? subquery.OffsetMs : Compute(subquery.OffsetExpr, times, mayBeNegative: true),
            StepMs = subquery.StepExpr is null ? subquery.StepMs : Compute(subquery.StepExpr, times, mayBeNegative: false),
            RangeMs = subquery.RangeExpr is null ? subquery.RangeMs : Compute(subquery.RangeExpr, times, mayBeNegative: false),
            OffsetExpr = null,
            StepExpr = null,
            RangeExpr = null,
        };

    private static long Compute(DurationExpr expr, Times times, bool mayBeNegative)
    {
        double seconds = Seconds(expr, times);
        if (!double.IsFinite(seconds)) throw Error(expr, "duration is NaN or infinite");
        if (seconds <= 0 && !mayBeNegative) throw Error(expr, "duration must be greater than 0");
        if (Math.Abs(seconds) > DurationText.MaxSeconds) throw Error(expr, "duration is out of range");
        return (long)(seconds * 1000);
    }

    private static double Seconds(DurationExpr expr, Times times) => expr switch
    {
        DurationLiteral literal => literal.Seconds,
        DurationOfQuery query => query.IsRange ? times.RangeSeconds : times.StepSeconds,
        DurationNegation negation => -Seconds(negation.Inner, times),
        DurationParen paren => Seconds(paren.Inner, times),
        DurationBinary binary => Apply(binary, Seconds(binary.Left, times), Seconds(binary.Right, times)),
        _ => throw new System.Diagnostics.UnreachableException(expr.GetType().Name),
    };

    private static double Apply(DurationBinary expr, double left, double right) => expr.Op switch
    {
        DurationOperator.Add => left + right,
        DurationOperator.Subtract => left - right,
        DurationOperator.Multiply => left * right,
        DurationOperator.Divide when right == 0 => throw Error(expr, "division by zero"),
        DurationOperator.Divide => left / right,
        DurationOperator.Modulo when right == 0 => throw Error(expr, "modulo by zero"),
        DurationOperator.Modulo => left % right,
        DurationOperator.Power => Math.Pow(left, right),
        DurationOperator.MinOf => Math.Min(left, right),
        DurationOperator.MaxOf => Math.Max(left, right),
    };

    /// <summary>Prometheus gives offsets, not line and column, here (promql/durations.go).</summary>
    private static QueryException Error(DurationExpr expr, string reason) => new(QueryErrorKind.Execution, $"{expr.Start}:{expr.End}: {reason}");

    private readonly record struct Times(double StepSeconds, double RangeSeconds);
}
