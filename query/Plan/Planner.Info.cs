using Streamline.Query.Functions;
using Streamline.Query.Operators;
using Streamline.Query.Syntax;
using Streamline.Storage;

namespace Streamline.Query.Plan;

/// <summary><c>info</c>.</summary>
internal sealed partial class Planner
{
    private UniqueLabelsOperator BuildInfo(CallExpr call, StepGrid grid, SelectHints hints)
    {
        var wanted = new InfoSelector(call.Arguments.Count > 1 ? Unwrap(call.Arguments[1]) as VectorSelector : null);
        // Info series are read as of the time at which the first argument reads its samples.
        TimeShift shift = ReadingTime(call.Arguments[0]) ?? default;
        var times = new VectorSelectorOperator(context, grid, wanted.Matchers, shift, hints, timestamps: true) { ReadsOfTimes = SampleReads.TimesOfInfos };
        return new UniqueLabelsOperator(context, new InfoOperator(context, Build(call.Arguments[0], grid, hints), times, wanted));
    }

    /// <summary>What the first selector of an expression does to the time, subqueries around it included; null without a selector.</summary>
    private TimeShift? ReadingTime(Expr expr)
    {
        switch (expr)
        {
            case VectorSelector selector: return Shift(selector.At, selector.OffsetMs);
            case MatrixSelector matrix: return Shift(matrix.Vector.At, matrix.Vector.OffsetMs);
            case SubqueryExpr subquery:
                TimeShift outer = Shift(subquery.At, subquery.OffsetMs);
                if (ReadingTime(subquery.Inner) is not { } inner || inner.PinnedMs is not null) return ReadingTime(subquery.Inner);
                return new TimeShift(outer.PinnedMs, outer.OffsetMs + inner.OffsetMs);
            default:
                foreach (Expr child in expr.Children)
                {
                    if (ReadingTime(child) is { } found) return found;
                }
                return null;
        }
    }
}
