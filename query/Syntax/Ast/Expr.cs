namespace Streamline.Query.Syntax;

/// <summary>
/// A node of the syntax tree. Immutable. Offsets are UTF-16 positions in the query text; they are 0 in trees that were not parsed. Records compare
/// their collections by reference: compare trees by <see cref="object.ToString"/>, which is Prometheus's canonical form.
/// </summary>
public abstract record Expr
{
    private protected Expr() { }

    /// <summary>Offset of the first character.</summary>
    public int Start { get; init; }

    /// <summary>Offset behind the last character.</summary>
    public int End { get; init; }

    /// <summary>What the expression evaluates to.</summary>
    public abstract ValueType Type { get; }

    /// <summary>Direct sub-expressions, in evaluation order.</summary>
    public abstract IReadOnlyList<Expr> Children { get; }

    /// <summary>Levels below and including this node; bounded by the parser, so that recursion over a tree is safe.</summary>
    public int Height { get; private protected init; } = 1;

    /// <summary>The canonical form, which parses to an equal tree.</summary>
    public sealed override string ToString() => ExprPrinter.Print(this);
}
