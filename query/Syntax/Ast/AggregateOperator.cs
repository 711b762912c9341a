namespace Streamline.Query.Syntax;

/// <summary>Aggregation operators.</summary>
public enum AggregateOperator
{
    /// <summary><c>sum</c></summary>
    Sum,

    /// <summary><c>avg</c></summary>
    Avg,

    /// <summary><c>count</c></summary>
    Count,

    /// <summary><c>min</c></summary>
    Min,

    /// <summary><c>max</c></summary>
    Max,

    /// <summary><c>group</c></summary>
    Group,

    /// <summary><c>stddev</c></summary>
    Stddev,

    /// <summary><c>stdvar</c></summary>
    Stdvar,

    /// <summary><c>topk</c></summary>
    Topk,

    /// <summary><c>bottomk</c></summary>
    Bottomk,

    /// <summary><c>count_values</c></summary>
    CountValues,

    /// <summary><c>quantile</c></summary>
    Quantile,

    /// <summary><c>limitk</c> (experimental)</summary>
    Limitk,

    /// <summary><c>limit_ratio</c> (experimental)</summary>
    LimitRatio,
}

/// <summary>Classes and spelling of <see cref="AggregateOperator"/>.</summary>
public static class AggregateOperators
{
    /// <summary>Whether the operator takes a parameter before the vector.</summary>
    public static bool TakesParameter(this AggregateOperator op) => op >= AggregateOperator.Topk;

    /// <summary>Whether it stands behind the switch for experimental functions.</summary>
    public static bool IsExperimental(this AggregateOperator op) => op is AggregateOperator.Limitk or AggregateOperator.LimitRatio;

    /// <summary>As written in a query.</summary>
    public static string Symbol(this AggregateOperator op) => op switch
    {
        AggregateOperator.Sum => "sum",
        AggregateOperator.Avg => "avg",
        AggregateOperator.Count => "count",
        AggregateOperator.Min => "min",
        AggregateOperator.Max => "max",
        AggregateOperator.Group => "group",
        AggregateOperator.Stddev => "stddev",
        AggregateOperator.Stdvar => "stdvar",
        AggregateOperator.Topk => "topk",
        AggregateOperator.Bottomk => "bottomk",
        AggregateOperator.CountValues => "count_values",
        AggregateOperator.Quantile => "quantile",
        AggregateOperator.Limitk => "limitk",
        AggregateOperator.LimitRatio => "limit_ratio",
    };
}
