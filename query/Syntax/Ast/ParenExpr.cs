namespace Streamline.Query.Syntax;

/// <summary>Parentheses.</summary>
public sealed record ParenExpr : Expr
{
    /// <summary>Wraps an expression.</summary>
    public ParenExpr(Expr inner)
    {
        Inner = inner;
        Height = inner.Height + 1;
    }

    /// <summary>What they hold.</summary>
    public Expr Inner { get; }

    /// <inheritdoc/>
    public override ValueType Type => Inner.Type;

    /// <inheritdoc/>
    public override IReadOnlyList<Expr> Children => [Inner];
}
