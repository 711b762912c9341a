namespace Streamline.Query.Syntax;

/// <summary>Parentheses.</summary>
public sealed record ParenExpr : Expr
{
    /// <summary>Wraps an expression.</summary>
    public ParenExpr(Expr inner)
    {
        Inner = inner;
        Type = inner.Type;
        Height = inner.Height + 1;
    }

    /// <summary>What they hold.</summary>
    public Expr Inner { get; }

    /// <inheritdoc/>
    public override ValueType Type { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Expr> Children => [Inner];
}
