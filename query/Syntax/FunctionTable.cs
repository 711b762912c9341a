using System.Collections.Frozen;
using static Streamline.Query.ValueType;

namespace Streamline.Query.Syntax;

/// <summary>All functions of Prometheus 3.14 with their signatures. What is not stable there is marked experimental.</summary>
internal static class FunctionTable
{
    private static readonly FrozenDictionary<string, FunctionSignature> ByName =
        All().ToFrozenDictionary(f => f.Name, StringComparer.Ordinal);

    public static IReadOnlyCollection<FunctionSignature> Functions => ByName.Values;

    public static FunctionSignature? Find(string name) => ByName.GetValueOrDefault(name);

    private static IEnumerable<FunctionSignature> All()
    {
        string[] plain =
        [
            "abs", "absent", "acos", "acosh", "asin", "asinh", "atan", "atanh", "ceil", "cos", "cosh", "deg", "exp", "floor", "histogram_avg",
            "histogram_count", "histogram_stddev", "histogram_stdvar", "histogram_sum", "ln", "log10", "log2", "rad", "sgn", "sin", "sinh", "sort",
            "sort_desc", "sqrt", "tan", "tanh", "timestamp",
        ];
        string[] ofTime = ["day_of_month", "day_of_week", "day_of_year", "days_in_month", "hour", "minute", "month", "year"];
        string[] overRanges =
        [
            "absent_over_time", "avg_over_time", "changes", "count_over_time", "delta", "deriv", "first_over_time", "idelta", "increase", "irate",
            "last_over_time", "max_over_time", "min_over_time", "present_over_time", "rate", "resets", "stddev_over_time", "stdvar_over_time",
            "sum_over_time",
        ];
        string[] newOverRanges = ["mad_over_time", "ts_of_first_over_time", "ts_of_last_over_time", "ts_of_max_over_time", "ts_of_min_over_time"];
        return
        [
            .. plain.Select(name => new FunctionSignature(name, Vector, [Vector])),
            .. ofTime.Select(name => new FunctionSignature(name, Vector, [Vector], 1)),
            .. overRanges.Select(name => new FunctionSignature(name, Vector, [Matrix])),
            .. newOverRanges.Select(name => new FunctionSignature(name, Vector, [Matrix], IsExperimental: true)),
            .. Special(),
        ];
    }

    private static FunctionSignature[] Special() =>
    [
        new("clamp", Vector, [Vector, Scalar, Scalar]),
        new("clamp_max", Vector, [Vector, Scalar]),
        new("clamp_min", Vector, [Vector, Scalar]),
        new("double_exponential_smoothing", Vector, [Matrix, Scalar, Scalar], IsExperimental: true),
        new("end", Scalar, [], IsExperimental: true),
        new("histogram_fraction", Vector, [Scalar, Scalar, Vector]),
        new("histogram_quantile", Vector, [Scalar, Vector]),
        new("histogram_quantiles", Vector, [Vector, ValueType.String, Scalar, Scalar], 9, IsExperimental: true),
        new("info", Vector, [Vector, Vector], 1, IsExperimental: true),
        new("label_join", Vector, [Vector, ValueType.String, ValueType.String, ValueType.String], -1),
        new("label_replace", Vector, [Vector, ValueType.String, ValueType.String, ValueType.String, ValueType.String]),
        new("max_of", Scalar, [Scalar, Scalar], IsExperimental: true),
        new("min_of", Scalar, [Scalar, Scalar], IsExperimental: true),
        new("pi", Scalar, []),
        new("predict_linear", Vector, [Matrix, Scalar]),
        new("quantile_over_time", Vector, [Scalar, Matrix]),
        new("range", Scalar, [], IsExperimental: true),
        new("round", Vector, [Vector, Scalar], 1),
        new("scalar", Scalar, [Vector]),
        new("sort_by_label", Vector, [Vector, ValueType.String], -1, IsExperimental: true),
        new("sort_by_label_desc", Vector, [Vector, ValueType.String], -1, IsExperimental: true),
        new("start", Scalar, [], IsExperimental: true),
        new("start_timestamp", Vector, [Vector], IsExperimental: true),
        new("step", Scalar, [], IsExperimental: true),
        new("time", Scalar, []),
        new("vector", Vector, [Scalar]),
    ];
}
