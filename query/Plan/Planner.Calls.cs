using System.Diagnostics;
using System.Text;
using Streamline.Query.Functions;
using Streamline.Query.Histograms;
using Streamline.Query.Kernels;
using Streamline.Query.Kernels.Windows;
using Streamline.Query.Operators;
using Streamline.Query.Syntax;
using Streamline.Storage;

namespace Streamline.Query.Plan;

/// <summary>Function calls.</summary>
internal sealed partial class Planner
{
    private Operator BuildCall(CallExpr call, StepGrid grid, SelectHints hints)
    {
        hints = hints with { Function = call.Function.Name };
        int statistics = call.Function.Name is "histogram_count" or "histogram_sum" or "histogram_avg" ? 1 : 0;
        int wholes = call.Function.Name is "histogram_quantile" or "histogram_quantiles" or "histogram_fraction" ? 1 : 0;
        _statistics += statistics;
        _wholes += wholes;
        Operator built = BuildKnownCall(call, grid, hints);
        _statistics -= statistics;
        _wholes -= wholes;
        return built;
    }

    private Operator BuildKnownCall(CallExpr call, StepGrid grid, SelectHints hints)
    {
        if (call.Arguments.Any(a => a.Type == ValueType.Matrix)) return BuildRangeCall(call, grid, hints);
        return BuildSpecial(call, grid, hints) ?? Unique(BuildUnary(call, grid, hints));
    }

    private Operator? BuildSpecial(CallExpr call, StepGrid grid, SelectHints hints)
    {
        IReadOnlyList<Expr> arguments = call.Arguments;
        Operator Vector(int index) => Build(arguments[index], grid, hints);
        ScalarParameter Scalar(int index) => Parameter(arguments[index], grid);
        return call.Function.Name switch
        {
            "time" => new TimeOperator(context, grid),
            "pi" => new NumberOperator(context, grid, Math.PI),
            "vector" => Vector(0),
            "scalar" => new ScalarOfVectorOperator(context, grid, Vector(0)),
            "absent" => new AbsentOperator(context, grid, AbsentLabels(arguments[0]), Vector(0)),
            "timestamp" => Unique(BuildTimestamp(arguments[0], grid, hints)),
            "start_timestamp" => Unique(BuildStartTimestamp(arguments[0], grid, hints)),
            "histogram_count" => Unique(new HistogramValueOperator(context, Vector(0), h => h.Count)),
            "histogram_sum" => Unique(new HistogramValueOperator(context, Vector(0), h => h.Sum)),
            "histogram_avg" => Unique(new HistogramValueOperator(context, Vector(0), h => h.Sum / h.Count)),
            "histogram_stddev" => Unique(new HistogramValueOperator(context, Vector(0), h => Math.Sqrt(_quantiles.Variance(h)))),
            "histogram_stdvar" => Unique(new HistogramValueOperator(context, Vector(0), _quantiles.Variance)),
            "clamp" => Unique(new ClampOperator(context, Vector(0), Scalar(1), Scalar(2))),
            "clamp_min" => Unique(new ClampOperator(context, Vector(0), Scalar(1), null)),
            "clamp_max" => Unique(new ClampOperator(context, Vector(0), null, Scalar(1))),
            "round" => Unique(new RoundOperator(context, Vector(0), arguments.Count > 1 ? Scalar(1) : null)),
            "sort" or "sort_desc" or "sort_by_label" or "sort_by_label_desc" => BuildSort(call, grid, hints),
            "start" => new NumberOperator(context, grid, context.StartMs / 1000.0),
            "end" => new NumberOperator(context, grid, context.EndMs / 1000.0),
            "range" => new NumberOperator(context, grid, (context.EndMs - context.StartMs) / 1000.0),
            "step" => new NumberOperator(context, grid, context.StepMs / 1000.0),
            "max_of" => new VectorScalarOperator<MaxOfKernel>(context, null, Vector(0), Scalar(1), scalarLeft: false),
            "min_of" => new VectorScalarOperator<MinOfKernel>(context, null, Vector(0), Scalar(1), scalarLeft: false),
            "label_replace" => BuildLabelReplace(call, Vector(0)),
            "label_join" => BuildLabelJoin(call, Vector(0)),
            "info" => BuildInfo(call, grid, hints),
            "histogram_quantile" => Unique(new HistogramFunctionOperator(context, call, Vector(1), [Scalar(0)])),
            "histogram_fraction" => Unique(new HistogramFunctionOperator(context, call, Vector(2), [Scalar(0), Scalar(1)])),
            "histogram_quantiles" => Unique(new HistogramFunctionOperator(
                context, call, Vector(0), [.. Enumerable.Range(2, arguments.Count - 2).Select(Scalar)], ValidLabel(Text(arguments[1])))),
            _ => null,
        };
    }

    private Operator BuildUnary(CallExpr call, StepGrid grid, SelectHints hints)
    {
        // The calendar functions look at the evaluation time when they get nothing.
        Operator Inner() => call.Arguments.Count > 0 ? Build(call.Arguments[0], grid, hints) : new TimeOperator(context, grid);
        return call.Function.Name switch
        {
            "abs" => new UnaryOperator<AbsKernel>(context, Inner()),
            "ceil" => new UnaryOperator<CeilKernel>(context, Inner()),
            "floor" => new UnaryOperator<FloorKernel>(context, Inner()),
            "exp" => new UnaryOperator<ExpKernel>(context, Inner()),
            "sqrt" => new UnaryOperator<SqrtKernel>(context, Inner()),
            "ln" => new UnaryOperator<LnKernel>(context, Inner()),
            "log2" => new UnaryOperator<Log2Kernel>(context, Inner()),
            "log10" => new UnaryOperator<Log10Kernel>(context, Inner()),
            "sgn" => new UnaryOperator<SgnKernel>(context, Inner()),
            "deg" => new UnaryOperator<DegKernel>(context, Inner()),
            "rad" => new UnaryOperator<RadKernel>(context, Inner()),
            "sin" => new UnaryOperator<SinKernel>(context, Inner()),
            "cos" => new UnaryOperator<CosKernel>(context, Inner()),
            "tan" => new UnaryOperator<TanKernel>(context, Inner()),
            "asin" => new UnaryOperator<AsinKernel>(context, Inner()),
            "acos" => new UnaryOperator<AcosKernel>(context, Inner()),
            "atan" => new UnaryOperator<AtanKernel>(context, Inner()),
            "sinh" => new UnaryOperator<SinhKernel>(context, Inner()),
            "cosh" => new UnaryOperator<CoshKernel>(context, Inner()),
            "tanh" => new UnaryOperator<TanhKernel>(context, Inner()),
            "asinh" => new UnaryOperator<AsinhKernel>(context, Inner()),
            "acosh" => new UnaryOperator<AcoshKernel>(context, Inner()),
            "atanh" => new UnaryOperator<AtanhKernel>(context, Inner()),
            "minute" => new UnaryOperator<MinuteKernel>(context, Inner()),
            "hour" => new UnaryOperator<HourKernel>(context, Inner()),
            "day_of_week" => new UnaryOperator<DayOfWeekKernel>(context, Inner()),
            "day_of_month" => new UnaryOperator<DayOfMonthKernel>(context, Inner()),
            "day_of_year" => new UnaryOperator<DayOfYearKernel>(context, Inner()),
            "days_in_month" => new UnaryOperator<DaysInMonthKernel>(context, Inner()),
            "month" => new UnaryOperator<MonthKernel>(context, Inner()),
            "year" => new UnaryOperator<YearKernel>(context, Inner()),
            _ => throw new UnreachableException(call.Function.Name),
        };
    }

    private Operator BuildRangeCall(CallExpr call, StepGrid grid, SelectHints hints)
    {
        Operator Range<TKernel>(int vector = 0, int parameter = -1) where TKernel : struct, IWindowKernel => Unique(new RangeFunctionOperator<TKernel>(
            context, grid, call, PlanRange(call.Arguments[vector], grid, hints), parameter < 0 ? null : Parameter(call.Arguments[parameter], grid)));

        RangeBoundary boundary = (Unwrap(call.Arguments[^1]) as MatrixSelector ?? Unwrap(call.Arguments[0]) as MatrixSelector)?.Vector.Boundary ?? RangeBoundary.Plain;
        return (boundary, call.Function.Name) switch
        {
            (RangeBoundary.Plain, _) => BuildPlain(),
            (RangeBoundary.Anchored, "rate") => Range<AnchoredKernel<RateFunction>>(),
            (RangeBoundary.Anchored, "increase") => Range<AnchoredKernel<IncreaseFunction>>(),
            (RangeBoundary.Anchored, "delta") => Range<AnchoredKernel<DeltaFunction>>(),
            (RangeBoundary.Anchored, "changes") => Range<AnchoredTransitionKernel<ChangeTransition>>(),
            (RangeBoundary.Anchored, "resets") => Range<AnchoredTransitionKernel<ResetTransition>>(),
            (RangeBoundary.Smoothed, "rate") => Range<SmoothedKernel<RateFunction>>(),
            (RangeBoundary.Smoothed, "increase") => Range<SmoothedKernel<IncreaseFunction>>(),
            (RangeBoundary.Smoothed, "delta") => Range<SmoothedKernel<DeltaFunction>>(),
            _ => throw NotWithBoundary(boundary, call),
        };

        Operator BuildPlain() => call.Function.Name switch
        {
            "rate" => Range<ExtrapolatedKernel<RateFunction>>(),
            "increase" => Range<ExtrapolatedKernel<IncreaseFunction>>(),
            "delta" => Range<ExtrapolatedKernel<DeltaFunction>>(),
            "irate" => Range<IrateKernel>(),
            "idelta" => Range<IdeltaKernel>(),
            "changes" => Range<TransitionKernel<ChangeTransition>>(),
            "resets" => Range<TransitionKernel<ResetTransition>>(),
            "deriv" => Range<DerivKernel>(),
            "predict_linear" => Range<PredictLinearKernel>(parameter: 1),
            "sum_over_time" => Range<BlockedKernel<StretchedSum>>(),
            "avg_over_time" => Range<BlockedKernel<StretchedAverage>>(),
            "min_over_time" => Range<BlockedKernel<StretchedMin>>(),
            "max_over_time" => Range<BlockedKernel<StretchedMax>>(),
            "count_over_time" => Range<ReductionKernel<CountReduction>>(),
            "last_over_time" => Range<ReductionKernel<LastReduction>>(),
            "first_over_time" => Range<ReductionKernel<FirstReduction>>(),
            "present_over_time" => Range<ReductionKernel<PresentReduction>>(),
            "stddev_over_time" => Range<ReductionKernel<StddevReduction>>(),
            "stdvar_over_time" => Range<ReductionKernel<StdvarReduction>>(),
            "mad_over_time" => Range<MadKernel>(),
            "ts_of_first_over_time" => Range<TimestampKernel<FirstPick>>(),
            "ts_of_last_over_time" => Range<TimestampKernel<LastPick>>(),
            "ts_of_min_over_time" => Range<TimestampKernel<MinPick>>(),
            "ts_of_max_over_time" => Range<TimestampKernel<MaxPick>>(),
            "double_exponential_smoothing" => Unique(new RangeFunctionOperator<SmoothingKernel>(
                context, grid, call, PlanRange(call.Arguments[0], grid, hints), Parameter(call.Arguments[1], grid), Parameter(call.Arguments[2], grid))),
            "quantile_over_time" => Range<QuantileKernel>(vector: 1, parameter: 0),
            "absent_over_time" => new AbsentOperator(context, grid, AbsentLabels(call.Arguments[0]), new RangeFunctionOperator<ReductionKernel<PresentReduction>>(
                context, grid, call, PlanRange(call.Arguments[0], grid, hints), null)),
            _ => throw new UnreachableException(call.Function.Name),
        };
    }

    private static QueryException NotWithBoundary(RangeBoundary boundary, CallExpr call)
    {
        string functions = boundary == RangeBoundary.Anchored ? "changes, delta, increase, rate, resets" : "delta, increase, rate";
        return new QueryException(
            QueryErrorKind.Execution,
            $"{boundary.ToString().ToLowerInvariant()} modifier can only be used with: {functions} - not with {call.Function.Name}");
    }

    // Beside @ and an offset Prometheus shortens the lookback by the offset (promql/engine.go, rangeEvalTimestampFunctionOverVectorSelector): not followed.
    private Operator BuildTimestamp(Expr argument, StepGrid grid, SelectHints hints) => Unwrap(argument) is VectorSelector selector
        ? new DropNameOperator(context, BuildSelector(selector, grid, hints, timestamps: true))
        : new EvaluationTimeOperator(context, Build(argument, grid, hints));

    /// <summary>Only samples know their start, and only with the switch.</summary>
    private Operator BuildStartTimestamp(Expr argument, StepGrid grid, SelectHints hints) =>
        context.Options.UseStartTimestamps && Unwrap(argument) is VectorSelector { Boundary: RangeBoundary.Plain } selector
            ? new StartTimestampOperator(context, grid, selector.Matchers, Shift(selector.At, selector.OffsetMs), hints)
            : new NothingOperator(context, Build(argument, grid, hints));

    private Operator BuildSort(CallExpr call, StepGrid grid, SelectHints hints)
    {
        Operator inner = Build(call.Arguments[0], grid, hints);
        bool descending = call.Function.Name.EndsWith("_desc", StringComparison.Ordinal);
        if (grid.Count == 1)
        {
            return call.Arguments.Count == 1
                ? new SortByValueOperator(context, inner, descending)
                : new SortByLabelOperator(context, inner, [.. call.Arguments.Skip(1).Select(Text)], descending);
        }
        context.Annotations.Warn(context, call, "sort is ineffective for range queries since results are always ordered by labels");
        return inner;
    }

    private Operator BuildLabelReplace(CallExpr call, Operator inner)
    {
        string target = Text(call.Arguments[1]), source = Text(call.Arguments[3]), pattern = Text(call.Arguments[4]);
        CheckName(target, "destination", call);
        CapturePattern template;
        byte[] sourceName = Encoding.UTF8.GetBytes(source);
        try
        {
            template = new CapturePattern(pattern, Text(call.Arguments[2]));
        }
        catch (FormatException e)
        {
            throw new QueryException(QueryErrorKind.Execution, $"invalid regular expression in label_replace(): {pattern}", e);
        }
        return Unique(new RelabelOperator(context, inner, target, (labels, text) => template.TryExpand(0, labels.ValueOf(sourceName), text)));
    }

    private Operator BuildLabelJoin(CallExpr call, Operator inner)
    {
        string target = Text(call.Arguments[1]), separator = Text(call.Arguments[2]);
        string[] sources = [.. call.Arguments.Skip(3).Select(Text)];
        foreach (string source in sources) CheckName(source, "source", call);
        CheckName(target, "destination", call);
        return Unique(new RelabelOperator(context, inner, target, (labels, text) => Encoding.UTF8.GetBytes(string.Join(separator, sources.Select(labels.Get)), text) >= 0));
    }

    private static void CheckName(string name, string role, CallExpr call)
    {
        if (LabelNames.IsUtf8(Encoding.UTF8.GetBytes(name)) && !LabelNames.HasInvalidBytes(name)) return;
        throw new QueryException(QueryErrorKind.Execution, $"invalid {role} label name in {call.Function.Name}(): {name}");
    }

    /// <summary>Labels that an absent series surely has: those with one equality matcher and no other.</summary>
    private static Labels AbsentLabels(Expr argument)
    {
        IReadOnlyList<LabelMatcher> matchers = Unwrap(argument) switch
        {
            VectorSelector selector => selector.Matchers,
            MatrixSelector matrix => matrix.Vector.Matchers,
            _ => [],
        };
        var builder = new LabelsBuilder();
        foreach (LabelMatcher matcher in matchers)
        {
            if (matcher.Name == "__name__" || matcher.Operator != MatchOperator.Equal) continue;
            if (matchers.Count(m => m.Name == matcher.Name) == 1) builder.Set(matcher.Name, matcher.Value);
        }
        return builder.Build();
    }
}
