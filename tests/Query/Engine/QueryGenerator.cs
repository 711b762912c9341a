namespace Streamline.Query.Tests.Engine;

/// <summary>Writes expressions at random over the metrics <c>m</c> and <c>n_total</c> with the labels a and b.</summary>
internal sealed class QueryGenerator(Random random)
{
    private static readonly string[] NewRangeFunctions =
        ["first_over_time", "mad_over_time", "ts_of_first_over_time", "ts_of_last_over_time", "ts_of_min_over_time", "ts_of_max_over_time"];

    private static readonly string[] RangeFunctions =
    [
        "delta", "irate", "idelta", "deriv", "sum_over_time", "avg_over_time", "min_over_time", "max_over_time",
        "count_over_time", "last_over_time", "present_over_time", "stddev_over_time", "stdvar_over_time", "absent_over_time",
    ];

    /// <summary>Seconds that stand for 0 in <c>@</c>.</summary>
    public long AtBase { get; init; }

    /// <summary>Leave out what Prometheus 2.42 does not know.</summary>
    public bool IsOld { get; init; }

    /// <summary>Make subquery windows half a second longer, so that no point of a subquery lies on an edge.</summary>
    public bool AvoidsEdges { get; init; }

    public string Vector(int depth)
    {
        if (depth == 0) return Selector();
        return random.Next(14) switch
        {
            0 => Selector(),
            1 or 2 or 3 => RangeCall(depth),
            4 or 5 => Aggregation(depth),
            6 => $"{Pick("abs", "ceil", "floor", "sgn", "sqrt", "exp")}({Vector(depth - 1)})",
            7 => $"({Vector(depth - 1)}) {Arithmetic()} {random.Next(-3, 9)}",
            8 => $"{random.Next(50)} {Comparison()} ({Vector(depth - 1)})",
            9 => $"-({Vector(depth - 1)})",
            10 => Special(depth),
            _ => Matching(depth),
        };
    }

    private string Special(int depth) => random.Next(9) switch
    {
        0 => $"clamp({Vector(depth - 1)}, {random.Next(-5, 20)}, {random.Next(5, 60)})",
        1 => $"{Pick("clamp_min", "clamp_max")}({Vector(depth - 1)}, {random.Next(40)})",
        2 => $"round({Vector(depth - 1)}, {Pick("1", "0.5", "7", "-2")})",
        3 => $"timestamp({(IsOld ? Name() : Selector())})",
        4 => $"({Vector(depth - 1)}) * scalar({Vector(depth - 1)})",
        5 => $"vector(time() % {random.Next(3, 90)}) {Comparison()} on () {Pick("group_right ()", "")} ({Vector(depth - 1)})",
        6 => $"label_replace({Vector(depth - 1)}, \"{Pick("a", "b", "c", "__name__")}\", \"x$1\", \"{Pick("a", "b", "none")}\", \"{Pick("(.*)", "(1|2)", "1(.*)", "")}\")",
        7 => $"count_values {Pick("", "by (a)", "without (b)")} (\"{Pick("v", "a")}\", {(IsOld ? Selector() : Vector(depth - 1))})",
        _ => $"absent({Pick(Name(), Vector(depth - 1))})",
    };

    private string Matching(int depth)
    {
        string left = Vector(depth - 1), right = Vector(depth - 1);
        string match = Pick("", "on (a)", "on (a, b)", "ignoring (b)", "on ()");
        return random.Next(5) switch
        {
            0 => $"({left}) {Pick("and", "or", "unless")} {match} ({right})",
            1 when match.Length > 0 => $"({left}) {Arithmetic()} {match} {Pick("group_left()", "group_right()")} (avg by (a) ({right}))",
            2 => $"sum by (a, b) ({left}) {Comparison()} sum by (a, b) ({right})",
            3 => $"({left}) {Pick("+", "<", "==")} on (a) group_left ({Pick("b", "c", "b, c")}) (max by (a{Pick("", ", c")}) ({right}))",
            _ => $"({left}) {Pick("+", "-", "*", "==", "> bool", "<=", "atan2")} {match} ({right})",
        };
    }

    private string Aggregation(int depth)
    {
        string grouping = Pick("", "by (a)", "by (b)", "without (a)", "by (a, b)", "without ()");
        return random.Next(4) switch
        {
            0 => $"{Pick("topk", "bottomk")} {grouping} ({random.Next(4)}, {Selector()})",
            1 => $"quantile {grouping} ({Pick("0", "0.3", "0.5", "0.99", "1", "2", "-1")}, {Vector(depth - 1)})",
            2 when !IsOld => $"{Pick("stddev", "stdvar")} {grouping} ({Vector(depth - 1)})",
            _ => $"{Pick("sum", "avg", "min", "max", "count", "group")} {grouping} ({Vector(depth - 1)})",
        };
    }

    private string RangeCall(int depth)
    {
        string window = $"[{random.Next(5, 120)}s]";
        string range = random.Next(4) == 0 && depth > 1
            ? $"({Vector(depth - 2)})[{random.Next(20, 100)}s{(AvoidsEdges ? "500ms" : "")}:{Pick("", "10s", "7s")}]{(IsOld ? Pick("", " offset 17s") : Offset())}"
            : Name() + window + Offset();
        return random.Next(12) switch
        {
            0 => $"quantile_over_time({Pick("0", "0.25", "0.9", "1.5")}, {range})",
            1 when !IsOld => $"predict_linear({range}, {random.Next(100)})",
            1 => $"predict_linear(n_total{window} offset {random.Next(1, 20)}s, {random.Next(100)})",
            2 when !IsOld => $"{Pick(NewRangeFunctions)}({range})",
            // Of computed values the last digit may differ, which these would make a difference of one.
            3 => $"{Pick("changes", "resets")}({Name()}{window}{Offset()})",
            4 or 5 => $"{Pick("rate", "increase")}({(IsOld ? "n_total" + window + Offset() : range)})",
            _ => $"{Pick(RangeFunctions)}({range})",
        };
    }

    private string Selector() => Name() + Offset();

    private string Name() =>
        Pick("m", "n_total", "m{a=\"1\"}", "m{b!=\"0\"}", "n_total{a=~\"0|2\"}", "{__name__=~\"m|n_total\", a=\"1\"}", "{__name__=~\".+\"}", "missing");

    private string Offset() => Pick("", "", "", " offset 17s", " offset -20s", $" @ {AtBase + 200}", $" @ {AtBase + 100} offset 10s", " @ end()", " @ start() offset -31s");

    private string Arithmetic() => Pick("+", "-", "*", "/", "%", "^");

    private string Comparison() => Pick("==", "!=", "<", ">=", "> bool", "<= bool");

    private string Pick(params string[] options) => options[random.Next(options.Length)];
}
