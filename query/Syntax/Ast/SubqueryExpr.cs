namespace Streamline.Query.Syntax;

/// <summary>A subquery, <c>expr[range:step]</c>.</summary>
public sealed record SubqueryExpr : Expr
{
    /// <summary>Wraps an expression.</summary>
    public SubqueryExpr(Expr inner, long rangeMs, long stepMs)
    {
        Inner = inner;
        RangeMs = rangeMs;
        StepMs = stepMs;
        Height = inner.Height + 1;
    }

    /// <summary>What is evaluated on the subquery's own grid.</summary>
    public Expr Inner { get; }

    /// <summary>Length of the window; 0 while <see cref="RangeExpr"/> waits for <see cref="DurationResolver"/>.</summary>
    public long RangeMs { get; init; }

    /// <summary>Step of the grid; 0 means the engine's default, unless <see cref="StepExpr"/> waits for <see cref="DurationResolver"/>.</summary>
    public long StepMs { get; init; }

    /// <summary>A range that must be computed.</summary>
    public DurationExpr? RangeExpr { get; init; }

    /// <summary>A step that must be computed.</summary>
    public DurationExpr? StepExpr { get; init; }

    /// <summary>The offset as written.</summary>
    public long OffsetMs { get; init; }

    /// <summary>An offset that must be computed.</summary>
    public DurationExpr? OffsetExpr { get; init; }

    /// <summary>The <c>@</c> modifier.</summary>
    public AtModifier? At { get; init; }

    /// <inheritdoc/>
    public override ValueType Type => ValueType.Matrix;

    /// <inheritdoc/>
    public override IReadOnlyList<Expr> Children => [Inner];
}
