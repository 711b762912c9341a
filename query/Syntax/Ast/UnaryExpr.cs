namespace Streamline.Query.Syntax;

/// <summary>A sign before an expression.</summary>
public sealed record UnaryExpr : Expr
{
    /// <summary>Puts a sign before an expression.</summary>
    public UnaryExpr(bool negative, Expr inner)
    {
        Negative = negative;
        Inner = inner;
        Type = inner.Type;
        Height = inner.Height + 1;
    }

    /// <summary>Minus; else plus, which changes nothing.</summary>
    public bool Negative { get; }

    /// <summary>The operand.</summary>
    public Expr Inner { get; }

    /// <inheritdoc/>
    public override ValueType Type { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Expr> Children => [Inner];
}
