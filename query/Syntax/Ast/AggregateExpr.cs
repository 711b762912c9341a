namespace Streamline.Query.Syntax;

/// <summary>An aggregation over the series of a vector.</summary>
public sealed record AggregateExpr : Expr
{
    /// <summary>Aggregates a vector.</summary>
    public AggregateExpr(AggregateOperator op, Expr inner, Expr? parameter, IReadOnlyList<string> grouping, bool without)
    {
        Op = op;
        Inner = inner;
        Parameter = parameter;
        Grouping = grouping;
        Without = without;
        Height = Math.Max(inner.Height, parameter?.Height ?? 0) + 1;
    }

    /// <summary>The operator.</summary>
    public AggregateOperator Op { get; }

    /// <summary>The vector.</summary>
    public Expr Inner { get; }

    /// <summary>The parameter of <c>topk</c>, <c>quantile</c>, <c>count_values</c> and their kin.</summary>
    public Expr? Parameter { get; }

    /// <summary>Labels that groups keep, or drop if <see cref="Without"/>.</summary>
    public IReadOnlyList<string> Grouping { get; }

    /// <summary><c>without</c> instead of <c>by</c>.</summary>
    public bool Without { get; }

    /// <inheritdoc/>
    public override ValueType Type => ValueType.Vector;

    /// <inheritdoc/>
    public override IReadOnlyList<Expr> Children => Parameter is null ? [Inner] : [Inner, Parameter];
}
