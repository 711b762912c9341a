using Streamline.Query.Syntax;

namespace Streamline.Query.Plan;

/// <summary>Which parts of a query have the same value at every step: those whose selectors are pinned by <c>@</c> and that do not look at the clock.</summary>
internal static class StepInvariance
{
    /// <summary>Whether evaluating once is enough. Literals are left alone: repeating them costs nothing.</summary>
    public static bool Holds(Expr expr) => expr is not (NumberLiteral or StringLiteral) && Pinned(expr);

    private static bool Pinned(Expr expr) => expr switch
    {
        NumberLiteral or StringLiteral => true,
        VectorSelector selector => selector.At is not null,
        MatrixSelector matrix => matrix.Vector.At is not null,
        SubqueryExpr subquery => subquery.At is not null,
        CallExpr call => !DependsOnTime(call) && call.Arguments.All(Pinned),
        _ => expr.Children.All(Pinned),
    };

    private static bool DependsOnTime(CallExpr call) => call.Function.Name is "time" or "timestamp" or "predict_linear" or "days_in_month"
        or "day_of_month" or "day_of_week" or "day_of_year" or "hour" or "minute" or "month" or "year" or "start" or "end" or "range" or "step";
}
