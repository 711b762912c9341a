using System.Diagnostics;
using System.Text;
using Streamline.Query.Engine;
using Streamline.Query.Histograms;
using Streamline.Query.Operators;
using Streamline.Query.Operators.Aggregations;
using Streamline.Query.Syntax;
using Streamline.Storage;

namespace Streamline.Query.Plan;

/// <summary>
/// Turns a typed tree into operators on a step grid. Each sub-expression is planned on its parent's grid, except: parts that do not change from step to
/// step get a grid of one step, and subqueries one of their own.
/// </summary>
internal sealed partial class Planner(QueryContext context)
{
    private readonly NativeQuantiles _quantiles = new();
    private RepeatedParts? _repeated;

    // Calls around the node being planned that want count and sum of histograms only, and nodes that want them whole.
    private int _statistics;
    private int _wholes;

    /// <summary>Whether selectors may leave the buckets of histograms out. Resets inside subqueries can only be found with them.</summary>
    private bool WantsStatistics => _statistics > 0 && _wholes == 0;

    /// <summary>Plans a scalar or vector expression; the root's results have their final names.</summary>
    public Operator PlanRoot(Expr expr, StepGrid grid)
    {
        _repeated = RepeatedParts.Of(expr);
        Operator root = Build(expr, grid, SelectHints.None with { StepMs = context.StepMs });
        return context.DelayedNames ? new UniqueLabelsOperator(context, new FinalNamesOperator(context, root)) : root;
    }

    /// <summary>Plans the windows of a range vector expression.</summary>
    public RangeSource PlanRange(Expr expr, StepGrid grid, SelectHints hints) => context.Trace is { } trace
        ? trace.Build(Unwrap(expr), grid, () => PlanRangePlain(expr, grid, hints))
        : PlanRangePlain(expr, grid, hints);

    private RangeSource PlanRangePlain(Expr expr, StepGrid grid, SelectHints hints) => Unwrap(expr) switch
    {
        MatrixSelector selector => PlanSelector(selector, grid, hints),
        SubqueryExpr subquery => PlanSubquery(subquery, grid),
        _ => throw new UnreachableException($"range vector {expr}"),
    };

    /// <summary>The expression without parentheses around it.</summary>
    public static Expr Unwrap(Expr expr)
    {
        while (expr is ParenExpr paren) expr = paren.Inner;
        return expr;
    }

    private Operator Build(Expr expr, StepGrid grid, SelectHints hints) => grid.Count > 1 && StepInvariance.Holds(expr)
        ? new StepInvariantOperator(context, grid, Metered(context.Meter.Once(grid.StartMs), () => BuildNode(expr, StepGrid.At(grid.StartMs), hints)))
        : BuildNode(expr, grid, hints);

    /// <summary>Builds a part whose nodes count their samples with a meter of their own.</summary>
    private Operator Metered(SampleMeter meter, Func<Operator> build)
    {
        SampleMeter outer = context.Meter;
        context.Meter = meter;
        Operator part = build();
        context.Meter = outer;
        return part;
    }

    private Operator BuildNode(Expr expr, StepGrid grid, SelectHints hints) => _repeated is { } repeated
        ? repeated.Build(context, expr, grid, WantsStatistics, hints, () => BuildTraced(expr, grid, hints))
        : BuildTraced(expr, grid, hints);

    private Operator BuildTraced(Expr expr, StepGrid grid, SelectHints hints) =>
        context.Trace is { } trace && expr is not (ParenExpr or UnaryExpr { Negative: false })
            ? trace.Build(context, expr, grid, () => BuildPlain(expr, grid, hints))
            : BuildPlain(expr, grid, hints);

    private Operator BuildPlain(Expr expr, StepGrid grid, SelectHints hints) => expr switch
    {
        NumberLiteral number => new NumberOperator(context, grid, number.Value),
        ParenExpr paren => BuildNode(paren.Inner, grid, hints),
        UnaryExpr { Negative: false } plus => Build(plus.Inner, grid, hints),
        UnaryExpr minus => Unique(new NegateOperator(context, Build(minus.Inner, grid, hints))),
        VectorSelector selector => BuildSelector(selector, grid, hints, timestamps: false),
        BinaryExpr binary => BuildBinary(binary, grid),
        AggregateExpr aggregate => BuildAggregate(aggregate, grid),
        CallExpr call => BuildCall(call, grid, hints),
        _ => throw new UnreachableException($"expression {expr}"),
    };

    private Operator BuildSelector(VectorSelector selector, StepGrid grid, SelectHints hints, bool timestamps)
    {
        TimeShift shift = Shift(selector.At, selector.OffsetMs);
        // Without a range "anchored" means nothing, and times are those of samples, "smoothed" or not.
        return selector.Boundary == RangeBoundary.Smoothed && !timestamps
            ? new SmoothedSelectorOperator(context, grid, selector, shift, hints)
            : new VectorSelectorOperator(context, grid, selector.Matchers, shift, hints, timestamps, WantsStatistics);
    }

    private SelectorSource PlanSelector(MatrixSelector selector, StepGrid grid, SelectHints hints)
    {
        var windows = new Kernels.Windows.WindowGrid(grid, Shift(selector.Vector.At, selector.Vector.OffsetMs), selector.RangeMs)
        {
            ReachMs = selector.Vector.Boundary == RangeBoundary.Plain ? 0 : context.LookbackMs,
            Cancellation = context.Cancellation,
        };
        return new SelectorSource(context, windows, selector, hints with { RangeMs = selector.RangeMs }, WantsStatistics);
    }

    /// <summary>The inner grid lies on absolute multiples of the step inside the left-open range that all outer windows cover together.</summary>
    private SubquerySource PlanSubquery(SubqueryExpr subquery, StepGrid grid)
    {
        TimeShift shift = Shift(subquery.At, subquery.OffsetMs);
        var windows = new Kernels.Windows.WindowGrid(grid, shift, subquery.RangeMs) { Cancellation = context.Cancellation };
        long step = subquery.StepMs > 0 ? subquery.StepMs : context.Options.DefaultSubqueryStepMs;
        long before = windows.FirstEndMs - subquery.RangeMs;
        long first = (before / step * step) + (before < 0 && before % step != 0 ? 0 : step);
        var inner = grid.Count == 0 ? new StepGrid(first, step, 0) : StepGrid.Over(first, windows.LastEndMs, step);
        _wholes++;
        Operator part = Metered(context.Meter.Inner(inner, windows), () => Build(subquery.Inner, inner, SelectHints.None with { StepMs = step }));
        _wholes--;
        return new SubquerySource(context, windows, part);
    }

    private TimeShift Shift(AtModifier? at, long offsetMs) => new(at?.Resolve(context.StartMs, context.EndMs), offsetMs);

    /// <summary>Guards a node that may have made labels equal. With delayed removal names still tell series apart, so the guard stands at the root only.</summary>
    private Operator Unique(Operator node) => context.DelayedNames ? node : new UniqueLabelsOperator(context, node);

    private ScalarParameter Parameter(Expr expr, StepGrid grid) => new(context, Build(expr, grid, SelectHints.None with { StepMs = context.StepMs }));

    private static string Text(Expr expr) => ((StringLiteral)Unwrap(expr)).Value;

    private Operator BuildAggregate(AggregateExpr expr, StepGrid grid)
    {
        var hints = new SelectHints(context.StepMs, expr.Op.Symbol(), expr.Grouping, !expr.Without);
        Operator inner = Build(expr.Inner, grid, hints);
        return expr.Op switch
        {
            AggregateOperator.Sum => new FoldOperator<SumFold>(context, inner, expr),
            AggregateOperator.Avg => new FoldOperator<AvgFold>(context, inner, expr),
            AggregateOperator.Count => new FoldOperator<CountFold>(context, inner, expr),
            AggregateOperator.Min => new FoldOperator<MinFold>(context, inner, expr),
            AggregateOperator.Max => new FoldOperator<MaxFold>(context, inner, expr),
            AggregateOperator.Group => new FoldOperator<GroupFold>(context, inner, expr),
            AggregateOperator.Stddev => new FoldOperator<StddevFold>(context, inner, expr),
            AggregateOperator.Stdvar => new FoldOperator<StdvarFold>(context, inner, expr),
            AggregateOperator.Topk or AggregateOperator.Bottomk => new TopOperator(context, inner, expr, Parameter(expr.Parameter!, grid)),
            AggregateOperator.CountValues => new CountValuesOperator(context, inner, expr, ValidLabel(Text(expr.Parameter!))),
            AggregateOperator.Quantile => new QuantileOperator(context, inner, expr, Parameter(expr.Parameter!, grid)),
            AggregateOperator.Limitk => new LimitOperator(context, inner, expr, Parameter(expr.Parameter!, grid)),
            AggregateOperator.LimitRatio => new LimitRatioOperator(context, inner, expr, Parameter(expr.Parameter!, grid)),
        };
    }

    private static string ValidLabel(string name)
    {
        if (LabelNames.IsUtf8(Encoding.UTF8.GetBytes(name)) && !LabelNames.HasInvalidBytes(name)) return name;
        var text = new StringBuilder("invalid label name ");
        LabelNames.AppendQuoted(text, name);
        throw new QueryException(QueryErrorKind.Execution, text.ToString());
    }
}
