namespace Streamline.Query.Syntax;

/// <summary>A number. <paramref name="IsDuration"/> says that it was written as a duration (<c>5m</c> is 300).</summary>
public sealed record NumberLiteral(double Value, bool IsDuration = false) : Expr
{
    /// <inheritdoc/>
    public override ValueType Type => ValueType.Scalar;

    /// <inheritdoc/>
    public override IReadOnlyList<Expr> Children => [];
}
