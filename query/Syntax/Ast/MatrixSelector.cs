namespace Streamline.Query.Syntax;

/// <summary>A range vector selector; offset, <c>@</c> and boundary handling stand on its <see cref="Vector"/>.</summary>
public sealed record MatrixSelector : Expr
{
    /// <summary>Joins a selector and its range.</summary>
    public MatrixSelector(VectorSelector vector, long rangeMs)
    {
        Vector = vector;
        RangeMs = rangeMs;
        Height = 2;
    }

    /// <summary>The series.</summary>
    public VectorSelector Vector { get; init; }

    /// <summary>Length of the window; 0 while <see cref="RangeExpr"/> waits for <see cref="DurationResolver"/>.</summary>
    public long RangeMs { get; init; }

    /// <summary>A range that must be computed; null when it is a number or was resolved.</summary>
    public DurationExpr? RangeExpr { get; init; }

    /// <inheritdoc/>
    public override ValueType Type => ValueType.Matrix;

    /// <inheritdoc/>
    public override IReadOnlyList<Expr> Children => [Vector];
}
