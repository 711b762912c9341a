namespace Streamline.Query.Syntax;

/// <summary>A string, escapes already resolved.</summary>
public sealed record StringLiteral(string Value) : Expr
{
    /// <inheritdoc/>
    public override ValueType Type => ValueType.String;

    /// <inheritdoc/>
    public override IReadOnlyList<Expr> Children => [];
}
