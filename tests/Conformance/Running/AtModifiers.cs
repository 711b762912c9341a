using System.Collections.Frozen;
using Streamline.Query.Syntax;

namespace Streamline.Conformance.Running;

/// <summary>Pins a query to a time: with <c>@</c> on every outermost selector it must give the same whenever it is asked.</summary>
internal static class AtModifiers
{
    /// <summary>Functions whose value depends on the evaluation time although their arguments do not.</summary>
    private static readonly FrozenSet<string> DependOnTime = FrozenSet.Create(
        "days_in_month", "day_of_month", "day_of_week", "day_of_year", "end", "hour", "minute", "month", "year", "predict_linear", "range", "start",
        "step", "time", "timestamp");

    /// <summary>The pinned query, or null when it depends on the evaluation time all the same.</summary>
    public static string? Pin(Expr expr, long timeMs) =>
        expr.DescendantsAndSelf().OfType<CallExpr>().Any(c => DependOnTime.Contains(c.Function.Name)) ? null : Rewrite(expr, timeMs).ToString();

    private static Expr Rewrite(Expr expr, long timeMs)
    {
        var at = new AtModifier(AtAnchor.Timestamp, timeMs);
        return expr switch
        {
            VectorSelector selector => Pinned(selector, at),
            MatrixSelector matrix => matrix with { Vector = Pinned(matrix.Vector, at) },
            SubqueryExpr subquery => subquery.At is { Anchor: AtAnchor.Timestamp } ? subquery : subquery with { At = at },
            _ => expr.WithChildren(child => Rewrite(child, timeMs)),
        };
    }

    private static VectorSelector Pinned(VectorSelector selector, AtModifier at) =>
        selector.At is { Anchor: AtAnchor.Timestamp } ? selector : selector with { At = at };
}
