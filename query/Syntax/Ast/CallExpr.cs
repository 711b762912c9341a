namespace Streamline.Query.Syntax;

/// <summary>A function call; the arguments fit the signature.</summary>
public sealed record CallExpr : Expr
{
    /// <summary>Calls a function.</summary>
    public CallExpr(FunctionSignature function, IReadOnlyList<Expr> arguments)
    {
        Function = function;
        Arguments = arguments;
        foreach (Expr argument in arguments) Height = Math.Max(Height, argument.Height + 1);
    }

    /// <summary>What is called.</summary>
    public FunctionSignature Function { get; }

    /// <summary>The arguments as written; optional ones may be missing.</summary>
    public IReadOnlyList<Expr> Arguments { get; }

    /// <inheritdoc/>
    public override ValueType Type => Function.Returns;

    /// <inheritdoc/>
    public override IReadOnlyList<Expr> Children => Arguments;
}
