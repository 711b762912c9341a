using Streamline.Query.Syntax;

namespace Streamline.Query.Histograms.Ranges;

/// <summary>Which function takes windows with histograms; a function that is not here ignores them.</summary>
internal static class RangeFunctions
{
    /// <summary>The function of a call, or null.</summary>
    public static RangeFunction? Find(string name, RangeBoundary boundary) => (name, boundary) switch
    {
        ("rate", RangeBoundary.Plain) => new ExtrapolatedFunction(isCounter: true, isRate: true),
        ("increase", RangeBoundary.Plain) => new ExtrapolatedFunction(isCounter: true, isRate: false),
        ("delta", RangeBoundary.Plain) => new ExtrapolatedFunction(isCounter: false, isRate: false),
        ("rate", _) => new ExtendedFunction(isCounter: true, isRate: true, boundary == RangeBoundary.Smoothed),
        ("increase", _) => new ExtendedFunction(isCounter: true, isRate: false, boundary == RangeBoundary.Smoothed),
        ("delta", _) => new ExtendedFunction(isCounter: false, isRate: false, boundary == RangeBoundary.Smoothed),
        ("irate", _) => new InstantChangeFunction(isRate: true),
        ("idelta", _) => new InstantChangeFunction(isRate: false),
        ("resets", _) => new TransitionFunction(countsResets: true, boundary == RangeBoundary.Anchored),
        ("changes", _) => new TransitionFunction(countsResets: false, boundary == RangeBoundary.Anchored),
        ("sum_over_time", _) => new SumOverTime(isMean: false),
        ("avg_over_time", _) => new SumOverTime(isMean: true),
        ("count_over_time", _) => new CountOverTime(presenceOnly: false),
        ("present_over_time" or "absent_over_time", _) => new CountOverTime(presenceOnly: true),
        ("first_over_time", _) => new FirstOverTime(itsTime: false),
        ("last_over_time", _) => new LastOverTime(itsTime: false),
        ("ts_of_first_over_time", _) => new FirstOverTime(itsTime: true),
        ("ts_of_last_over_time", _) => new LastOverTime(itsTime: true),
        _ => null,
    };

    /// <summary>Whether a function looks at start timestamps.</summary>
    public static bool UsesStarts(string name) => name is "rate" or "increase" or "irate" or "resets";

    /// <summary>The boundary of a call's range.</summary>
    public static RangeBoundary BoundaryOf(CallExpr call)
    {
        foreach (Expr argument in call.Arguments)
        {
            Expr inner = argument;
            while (inner is ParenExpr paren) inner = paren.Inner;
            if (inner is MatrixSelector matrix) return matrix.Vector.Boundary;
        }
        return RangeBoundary.Plain;
    }
}
