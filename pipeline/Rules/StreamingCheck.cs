using Streamline.Pipeline.Config;
using Streamline.Query.Syntax;

namespace Streamline.Pipeline.Rules;

/// <summary>Which alerting rules may be evaluated between slots.</summary>
internal static class StreamingCheck
{
    /// <summary>Why not, or empty.</summary>
    public static string ReasonAgainst(RuleGroup group, RuleConfig rule, Expr expr)
    {
        if (!rule.IsAlert) return "recording rules are evaluated at slots";
        if (group.Config.Evaluation?.Alerting == RuleEvaluation.Interval) return "its group asks for evaluation: interval";
        if (group.QueryOffsetMs != 0) return "its group has a query_offset";
        if (group.Config.Limit != 0) return "its group has a limit";
        foreach (Expr node in expr.DescendantsAndSelf())
        {
            if (node is SubqueryExpr) return "it has a subquery";
            if (node is not VectorSelector selector) continue;
            if (selector.Boundary == RangeBoundary.Smoothed) return "it has a smoothed selector";
            if (MayRead(selector, "ALERTS") || MayRead(selector, "ALERTS_FOR_STATE")) return "it may select ALERTS, which it writes itself: a cycle";
        }
        return "";
    }

    private static bool MayRead(VectorSelector selector, string metric)
    {
        foreach (var matcher in selector.Matchers)
        {
            if (matcher.Name == "__name__" && !matcher.Matches(System.Text.Encoding.UTF8.GetBytes(metric))) return false;
        }
        return true;
    }
}
