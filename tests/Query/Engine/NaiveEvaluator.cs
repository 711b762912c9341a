using Streamline.Query.Syntax;
using Streamline.Storage;

namespace Streamline.Query.Tests.Engine;

/// <summary>
/// PromQL written straight from its definitions: one step at a time, one series at a time, no columns, no sliding. The judge of the engine on generated
/// queries. It shares nothing with the engine but the syntax tree and the label types.
/// </summary>
internal sealed class NaiveEvaluator(
    IReadOnlyDictionary<Labels, List<(long Ms, double Value)>> data, long lookbackMs, long subqueryStepMs, long startMs = 0, long endMs = 0)
{
    /// <summary>A query that has no answer.</summary>
    public sealed class NaiveException(string message) : Exception(message);

    public readonly record struct Element(Labels Labels, double Value);

    public List<Element> Vector(Expr expr, long at) => expr switch
    {
        ParenExpr paren => Vector(paren.Inner, at),
        NumberLiteral or BinaryExpr { Type: ValueType.Scalar } => [new Element(Labels.Empty, Scalar(expr, at))],
        UnaryExpr unary => Distinct(Vector(unary.Inner, at).Select(e => new Element(NoName(e.Labels), unary.Negative ? -e.Value : e.Value))),
        VectorSelector selector => Select(selector, at),
        BinaryExpr binary => Binary(binary, at),
        AggregateExpr aggregate => Aggregate(aggregate, at),
        CallExpr call => Call(call, at),
        _ => throw new NotSupportedException(expr.ToString()),
    };

    private double Scalar(Expr expr, long at) => expr switch
    {
        NumberLiteral number => number.Value,
        ParenExpr paren => Scalar(paren.Inner, at),
        UnaryExpr unary => unary.Negative ? -Scalar(unary.Inner, at) : Scalar(unary.Inner, at),
        BinaryExpr binary => Compare(binary.Op, Scalar(binary.Left, at), Scalar(binary.Right, at)) is bool b ? (b ? 1 : 0)
            : Arithmetic(binary.Op, Scalar(binary.Left, at), Scalar(binary.Right, at)),
        CallExpr { Function.Name: "time" } => at / 1000.0,
        CallExpr { Function.Name: "scalar" } call => Vector(call.Arguments[0], at) is [var only] ? only.Value : double.NaN,
        _ => throw new NotSupportedException(expr.ToString()),
    };

    private List<Element> Select(VectorSelector selector, long at)
    {
        long time = (selector.At?.Resolve(startMs, endMs) ?? at) - selector.OffsetMs;
        var result = new List<Element>();
        foreach (var (labels, samples) in Matching(selector))
        {
            var window = samples.Where(s => s.Ms > time - lookbackMs && s.Ms <= time).ToList();
            if (window.Count > 0 && !StaleMarker.Is(window[^1].Value)) result.Add(new Element(labels, window[^1].Value));
        }
        return result;
    }

    private IEnumerable<(Labels Labels, List<(long Ms, double Value)> Samples)> Matching(VectorSelector selector) => data
        .Where(s => selector.Matchers.All(m => m.Matches(System.Text.Encoding.UTF8.GetBytes(s.Key.Get(m.Name)))))
        .OrderBy(s => s.Key)
        .Select(s => (s.Key, s.Value));

    private List<(Labels Labels, List<(long Ms, double Value)> Samples, long Start, long End)> Windows(Expr expr, long at)
    {
        while (expr is ParenExpr paren) expr = paren.Inner;
        if (expr is MatrixSelector matrix)
        {
            long end = (matrix.Vector.At?.Resolve(startMs, endMs) ?? at) - matrix.Vector.OffsetMs, start = end - matrix.RangeMs;
            return [.. Matching(matrix.Vector).Select(s => (s.Labels,
                s.Samples.Where(p => p.Ms > start && p.Ms <= end && !StaleMarker.Is(p.Value)).ToList(), start, end))];
        }
        return Subquery((SubqueryExpr)expr, at);
    }

    private List<(Labels Labels, List<(long Ms, double Value)> Samples, long Start, long End)> Subquery(SubqueryExpr subquery, long at)
    {
        long end = (subquery.At?.Resolve(startMs, endMs) ?? at) - subquery.OffsetMs, start = end - subquery.RangeMs;
        long step = subquery.StepMs > 0 ? subquery.StepMs : subqueryStepMs;
        var series = new SortedDictionary<Labels, List<(long, double)>>();
        for (long t = (long)Math.Floor((double)start / step) * step; t <= end; t += step)
        {
            if (t <= start) continue;
            foreach (Element element in Vector(subquery.Inner, t))
            {
                if (!series.TryGetValue(element.Labels, out var samples)) series[element.Labels] = samples = [];
                samples.Add((t, element.Value));
            }
        }
        return [.. series.Select(s => (s.Key, s.Value, start, end))];
    }

    private List<Element> Call(CallExpr call, long at)
    {
        string name = call.Function.Name;
        if (call.Arguments.Any(a => a.Type == ValueType.Matrix)) return RangeCall(call, name, at);
        return name switch
        {
            "vector" => [new Element(Labels.Empty, Scalar(call.Arguments[0], at))],
            "time" or "scalar" => [new Element(Labels.Empty, Scalar(call, at))],
            "clamp" => Clamped(call, at, Scalar(call.Arguments[1], at), Scalar(call.Arguments[2], at)),
            "clamp_min" => Clamped(call, at, Scalar(call.Arguments[1], at), null),
            "clamp_max" => Clamped(call, at, null, Scalar(call.Arguments[1], at)),
            "round" => Distinct(Vector(call.Arguments[0], at).Select(e => new Element(NoName(e.Labels), Rounded(e.Value, Scalar(call.Arguments[1], at))))),
            "timestamp" => Timestamps((VectorSelector)call.Arguments[0], at),
            "label_replace" => Replaced(call, at),
            "absent" => Vector(call.Arguments[0], at).Count == 0 ? [new Element(AbsentLabels(call.Arguments[0]), 1)] : [],
            _ => Distinct(Vector(call.Arguments[0], at).Select(e => new Element(NoName(e.Labels), Unary(name, e.Value)))),
        };
    }

    private List<Element> Clamped(CallExpr call, long at, double? min, double? max) => min > max ? [] : Distinct(Vector(call.Arguments[0], at).Select(e =>
    {
        double value = max is { } most ? Least(most, e.Value) : e.Value;
        return new Element(NoName(e.Labels), min is { } least ? -Least(-least, -value) : value);
    }));

    /// <summary>Go's Min: NaN wins.</summary>
    private static double Least(double a, double b) => double.IsNaN(a) || double.IsNaN(b) ? double.NaN : a < b ? a : b;

    private static double Rounded(double value, double to) => Math.Floor((value * (1 / to)) + 0.5) / (1 / to);

    private List<Element> Timestamps(VectorSelector selector, long at)
    {
        long time = (selector.At?.Resolve(startMs, endMs) ?? at) - selector.OffsetMs;
        return Distinct(Matching(selector)
            .Select(s => (s.Labels, Last: s.Samples.LastOrDefault(p => p.Ms > time - lookbackMs && p.Ms <= time, (long.MinValue, 0))))
            .Where(s => s.Last.Item1 != long.MinValue && !StaleMarker.Is(s.Last.Item2))
            .Select(s => new Element(NoName(s.Labels), s.Last.Item1 / 1000.0)));
    }

    private List<Element> Replaced(CallExpr call, long at)
    {
        string Text(int index) => ((StringLiteral)call.Arguments[index]).Value;
        var regex = new System.Text.RegularExpressions.Regex($"^(?s:{Text(4)})$");
        return Distinct(Vector(call.Arguments[0], at).Select(e =>
        {
            var match = regex.Match(e.Labels.Get(Text(3)));
            if (!match.Success) return e;
            string value = Text(2).Replace("$1", match.Groups[1].Value, StringComparison.Ordinal);
            return e with { Labels = Labels.Of([.. e.Labels.ToPairs().Where(p => p.Key != Text(1)).Select(p => (p.Key, p.Value)), (Text(1), value)]) };
        }));
    }

    private static Labels AbsentLabels(Expr expr)
    {
        var matchers = (expr as MatrixSelector)?.Vector.Matchers ?? (expr as VectorSelector)?.Matchers ?? [];
        return Labels.Of([.. matchers.Where(m => m.Operator == MatchOperator.Equal && m.Name != "__name__").Select(m => (m.Name, m.Value))]);
    }

    private static double Unary(string name, double v) => name switch
    {
        "abs" => v < 0 ? -v : v == 0 ? 0 : v,
        "ceil" => Math.Ceiling(v),
        "floor" => Math.Floor(v),
        "sgn" => v > 0 ? 1 : v < 0 ? -1 : v,
        "sqrt" => Math.Sqrt(v),
        "exp" => Math.Exp(v),
        _ => throw new NotSupportedException(name),
    };

    private List<Element> RangeCall(CallExpr call, string name, long at)
    {
        bool keepsName = name is "last_over_time" or "first_over_time";
        double parameter = call.Arguments.FirstOrDefault(a => a.Type == ValueType.Scalar) is { } p ? Scalar(p, at) : 0;
        Expr range = call.Arguments.First(a => a.Type == ValueType.Matrix);
        var windows = Windows(range, at).Where(w => w.Samples.Count > 0).ToList();
        if (name == "absent_over_time") return windows.Count == 0 ? [new Element(AbsentLabels(range), 1)] : [];
        var result = new List<Element>();
        foreach (var (labels, samples, start, end) in windows)
        {
            if (Over(name, samples, start, end, at, parameter) is double value) result.Add(new Element(keepsName ? labels : NoName(labels), value));
        }
        return Distinct(result);
    }

    private static double? Over(string name, List<(long Ms, double Value)> s, long start, long end, long at, double parameter)
    {
        List<double> values = [.. s.Select(p => p.Value)];
        if (s.Count < 2 && name is "rate" or "increase" or "delta" or "irate" or "idelta" or "deriv" or "predict_linear" && s.Count < 2) return null;
        return name switch
        {
            "rate" or "increase" or "delta" => Extrapolated(name, s, start, end),
            "irate" => (s[^1].Value < s[^2].Value ? s[^1].Value : s[^1].Value - s[^2].Value) / ((s[^1].Ms - s[^2].Ms) / 1000.0),
            "idelta" => s[^1].Value - s[^2].Value,
            "deriv" => Line(s, s[0].Ms).Slope,
            "predict_linear" => Line(s, at) is var (slope, intercept) ? (slope * parameter) + intercept : null,
            "changes" => Enumerable.Range(1, s.Count - 1).Count(i => !values[i].Equals(values[i - 1]) && !(values[i] == values[i - 1])),
            "resets" => Enumerable.Range(1, s.Count - 1).Count(i => values[i] < values[i - 1]),
            "sum_over_time" => values.Sum(),
            "avg_over_time" => Mean(values),
            "min_over_time" => Best(values, (a, b) => a < b),
            "max_over_time" => Best(values, (a, b) => a > b),
            "count_over_time" => values.Count,
            "last_over_time" => values[^1],
            "first_over_time" => values[0],
            "present_over_time" => 1,
            "mad_over_time" => values.Any(double.IsNaN) ? double.NaN : Quantile(0.5, [.. values.Select(v => Math.Abs(v - Quantile(0.5, values)))]),
            "ts_of_first_over_time" => s[0].Ms / 1000.0,
            "ts_of_last_over_time" => s[^1].Ms / 1000.0,
            "ts_of_min_over_time" => LastBest(s, (a, b) => a <= b) / 1000.0,
            "ts_of_max_over_time" => LastBest(s, (a, b) => a >= b) / 1000.0,
            "stddev_over_time" => Math.Sqrt(Variance(values)),
            "stdvar_over_time" => Variance(values),
            "quantile_over_time" => Quantile(parameter, values),
            _ => throw new NotSupportedException(name),
        };
    }

    private static double Extrapolated(string name, List<(long Ms, double Value)> s, long start, long end)
    {
        bool counter = name != "delta";
        double change = s[^1].Value - s[0].Value;
        for (int i = 1; counter && i < s.Count; i++) change += s[i].Value < s[i - 1].Value ? s[i - 1].Value : 0;
        double sampled = (s[^1].Ms - s[0].Ms) / 1000.0, interval = sampled / (s.Count - 1);
        double before = (s[0].Ms - start) / 1000.0, after = (end - s[^1].Ms) / 1000.0;
        if (before >= interval * 1.1) before = interval / 2;
        if (after >= interval * 1.1) after = interval / 2;
        if (counter && change > 0 && s[0].Value >= 0) before = sampled * (s[0].Value / change) < before ? sampled * (s[0].Value / change) : before;
        double result = change * ((sampled + before + after) / sampled);
        return name == "rate" ? result / ((end - start) / 1000.0) : result;
    }

    private static (double Slope, double Intercept) Line(List<(long Ms, double Value)> s, long reference)
    {
        if (s.All(p => p.Value == s[0].Value)) return double.IsInfinity(s[0].Value) ? (double.NaN, double.NaN) : (0, s[0].Value);
        // The textbook form, not the one about the means: with infinities they differ, and Prometheus's is this.
        double n = s.Count, x = s.Sum(p => (p.Ms - reference) / 1000.0), y = s.Sum(p => p.Value);
        double xy = s.Sum(p => (p.Ms - reference) / 1000.0 * p.Value), xx = s.Sum(p => Math.Pow((p.Ms - reference) / 1000.0, 2));
        double slope = (xy - (x * y / n)) / (xx - (x * x / n));
        return (slope, (y / n) - (slope * x / n));
    }

    private static double Mean(List<double> values) => values.Sum() / values.Count;

    private static double Variance(List<double> values)
    {
        double mean = Mean(values);
        return values.Sum(v => (v - mean) * (v - mean)) / values.Count;
    }

    /// <summary>NaN only if there is nothing else.</summary>
    private static double Best(List<double> values, Func<double, double, bool> better)
    {
        double best = double.NaN;
        foreach (double value in values)
        {
            if (double.IsNaN(best) || better(value, best)) best = value;
        }
        return best;
    }

    /// <summary>The time of the last of the best.</summary>
    private static double LastBest(List<(long Ms, double Value)> samples, Func<double, double, bool> isAsGood)
    {
        (long Ms, double Value) best = samples[0];
        foreach (var sample in samples)
        {
            if (double.IsNaN(best.Value) || isAsGood(sample.Value, best.Value)) best = sample;
        }
        return best.Ms;
    }

    private static double Quantile(double q, List<double> values)
    {
        if (double.IsNaN(q)) return double.NaN;
        if (q < 0) return double.NegativeInfinity;
        if (q > 1) return double.PositiveInfinity;
        List<double> sorted = [.. values.OrderBy(v => double.IsNaN(v) ? 0 : 1).ThenBy(v => v)];
        double rank = q * (sorted.Count - 1);
        int lower = (int)Math.Floor(rank), upper = Math.Min(lower + 1, sorted.Count - 1);
        return (sorted[lower] * (1 - (rank - lower))) + (sorted[upper] * (rank - lower));
    }

    private List<Element> Aggregate(AggregateExpr expr, long at)
    {
        if (expr.Op == AggregateOperator.CountValues) return CountValues(expr, ((StringLiteral)expr.Parameter!).Value, at);
        double parameter = expr.Parameter is null ? 0 : Scalar(expr.Parameter, at);
        var groups = Vector(expr.Inner, at).GroupBy(e => GroupLabels(expr, e.Labels));
        var result = new List<Element>();
        foreach (var group in groups)
        {
            List<double> values = [.. group.Select(e => e.Value)];
            if (expr.Op is AggregateOperator.Topk or AggregateOperator.Bottomk)
            {
                bool top = expr.Op == AggregateOperator.Topk;
                result.AddRange(group.OrderBy(e => double.IsNaN(e.Value) ? 1 : 0).ThenBy(e => top ? -e.Value : e.Value).Take((int)parameter));
                continue;
            }
            result.Add(new Element(group.Key, expr.Op switch
            {
                AggregateOperator.Sum => values.Sum(),
                AggregateOperator.Avg => Mean(values),
                AggregateOperator.Min => Best(values, (a, b) => a < b),
                AggregateOperator.Max => Best(values, (a, b) => a > b),
                AggregateOperator.Count => values.Count,
                AggregateOperator.Group => 1,
                AggregateOperator.Stddev => Math.Sqrt(Variance(values)),
                AggregateOperator.Stdvar => Variance(values),
                AggregateOperator.Quantile => Quantile(parameter, values),
                _ => throw new NotSupportedException(expr.ToString()),
            }));
        }
        return result;
    }

    private List<Element> CountValues(AggregateExpr expr, string label, long at) => [.. Vector(expr.Inner, at)
        .GroupBy(e => Labels.Of([.. GroupLabels(expr, e.Labels).ToPairs().Where(p => p.Key != label).Select(p => (p.Key, p.Value)), (label, new NumberLiteral(e.Value).ToString())]))
        .Select(g => new Element(g.Key, g.Count()))];

    private static Labels GroupLabels(AggregateExpr expr, Labels labels) => Filter(labels, name => expr.Without
        ? name != "__name__" && !expr.Grouping.Contains(name)
        : expr.Grouping.Contains(name));

    private List<Element> Binary(BinaryExpr expr, long at)
    {
        if (expr.Left.Type == ValueType.Scalar || expr.Right.Type == ValueType.Scalar) return WithScalar(expr, at);
        List<Element> left = Vector(expr.Left, at), right = Vector(expr.Right, at);
        Labels Signature(Labels labels) => Filter(labels, name => expr.Matching!.On
            ? expr.Matching.Labels.Contains(name)
            : name != "__name__" && !expr.Matching.Labels.Contains(name));
        if (expr.Op == BinaryOperator.And) return [.. left.Where(l => right.Any(r => Signature(r.Labels) == Signature(l.Labels)))];
        if (expr.Op == BinaryOperator.Unless) return [.. left.Where(l => !right.Any(r => Signature(r.Labels) == Signature(l.Labels)))];
        if (expr.Op == BinaryOperator.Or)
            return Distinct([.. left, .. right.Where(r => !left.Any(l => Signature(r.Labels) == Signature(l.Labels)))]);
        return Matched(expr, left, right, Signature);
    }

    private static List<Element> Matched(BinaryExpr expr, List<Element> left, List<Element> right, Func<Labels, Labels> signature)
    {
        if (left.Count == 0 || right.Count == 0) return [];
        bool groupRight = expr.Matching!.Cardinality == MatchCardinality.OneToMany, oneToOne = expr.Matching.Cardinality == MatchCardinality.OneToOne;
        var (many, one) = groupRight ? (right, left) : (left, right);
        if (one.GroupBy(e => signature(e.Labels)).Any(g => g.Count() > 1)) throw new NaiveException("many-to-many");
        var used = new HashSet<Labels>();
        var result = new List<Element>();
        foreach (Element element in many)
        {
            int partner = one.FindIndex(e => signature(e.Labels) == signature(element.Labels));
            if (partner < 0) continue;
            if (oneToOne && !used.Add(signature(element.Labels))) throw new NaiveException("many-to-one");
            var (l, r) = groupRight ? (one[partner].Value, element.Value) : (element.Value, one[partner].Value);
            bool? holds = Compare(expr.Op, l, r);
            if (holds == false && !expr.ReturnBool) continue;
            double value = holds is null ? Arithmetic(expr.Op, l, r) : expr.ReturnBool ? (holds.Value ? 1 : 0) : l;
            bool drops = holds is null || expr.ReturnBool;
            Labels labels = Filter(element.Labels, name => !(drops && name == "__name__")
                && (!oneToOne || (expr.Matching.On ? expr.Matching.Labels.Contains(name) : !expr.Matching.Labels.Contains(name)))
                && !expr.Matching.Include.Contains(name));
            labels = Labels.Of([.. labels.ToPairs().Select(p => (p.Key, p.Value)), .. expr.Matching.Include.Select(name => (name, one[partner].Labels.Get(name))).Where(p => p.Item2.Length > 0)]);
            result.Add(new Element(labels, value));
        }
        return Distinct(result);
    }

    private List<Element> WithScalar(BinaryExpr expr, long at)
    {
        bool scalarLeft = expr.Left.Type == ValueType.Scalar;
        double scalar = Scalar(scalarLeft ? expr.Left : expr.Right, at);
        var result = new List<Element>();
        foreach (Element element in Vector(scalarLeft ? expr.Right : expr.Left, at))
        {
            var (l, r) = scalarLeft ? (scalar, element.Value) : (element.Value, scalar);
            bool? holds = Compare(expr.Op, l, r);
            if (holds is null) result.Add(new Element(NoName(element.Labels), Arithmetic(expr.Op, l, r)));
            else if (expr.ReturnBool) result.Add(new Element(NoName(element.Labels), holds.Value ? 1 : 0));
            else if (holds.Value) result.Add(element);
        }
        return Distinct(result);
    }

    private static bool? Compare(BinaryOperator op, double l, double r) => op switch
    {
        BinaryOperator.Equal => l == r,
        BinaryOperator.NotEqual => l != r,
        BinaryOperator.Less => l < r,
        BinaryOperator.LessOrEqual => l <= r,
        BinaryOperator.Greater => l > r,
        BinaryOperator.GreaterOrEqual => l >= r,
        _ => null,
    };

    private static double Arithmetic(BinaryOperator op, double l, double r) => op switch
    {
        BinaryOperator.Add => l + r,
        BinaryOperator.Subtract => l - r,
        BinaryOperator.Multiply => l * r,
        BinaryOperator.Divide => l / r,
        BinaryOperator.Modulo => Math.IEEERemainder(0, 1) + (l % r),
        BinaryOperator.Power => Math.Pow(l, r),
        BinaryOperator.Atan2 => Math.Atan2(l, r),
        _ => throw new NotSupportedException(op.ToString()),
    };

    private static Labels NoName(Labels labels) => Filter(labels, name => name != "__name__");

    private static Labels Filter(Labels labels, Func<string, bool> keep) =>
        Labels.Of([.. labels.ToPairs().Where(p => keep(p.Key)).Select(p => (p.Key, p.Value))]);

    private static List<Element> Distinct(IEnumerable<Element> elements)
    {
        List<Element> list = [.. elements];
        if (list.Select(e => e.Labels).Distinct().Count() != list.Count) throw new NaiveException("same labelset");
        return list;
    }
}
