namespace Streamline.Query.Syntax;

/// <summary>
/// A duration that must be computed from the query's parameters: the range, offset or step of a selector or subquery, never an operand. The parser
/// folds nothing, so that a query prints as it was written; <see cref="DurationResolver"/> computes it.
/// </summary>
public abstract record DurationExpr
{
    private protected DurationExpr() { }

    /// <summary>Offset of the first character.</summary>
    public int Start { get; init; }

    /// <summary>Offset behind the last character.</summary>
    public int End { get; init; }

    /// <summary>The canonical form.</summary>
    public sealed override string ToString() => ExprPrinter.Print(this);
}

/// <summary>A number of seconds.</summary>
public sealed record DurationLiteral(double Seconds, bool IsDuration) : DurationExpr;

/// <summary><c>step()</c> or <c>range()</c> of the query.</summary>
public sealed record DurationOfQuery(bool IsRange) : DurationExpr;

/// <summary>A minus sign.</summary>
public sealed record DurationNegation(DurationExpr Inner) : DurationExpr;

/// <summary>Parentheses.</summary>
public sealed record DurationParen(DurationExpr Inner) : DurationExpr;

/// <summary>Arithmetic of two durations, numbers of seconds.</summary>
public sealed record DurationBinary(DurationOperator Op, DurationExpr Left, DurationExpr Right) : DurationExpr;

/// <summary>Operators between durations.</summary>
public enum DurationOperator
{
    /// <summary><c>+</c></summary>
    Add,

    /// <summary><c>-</c></summary>
    Subtract,

    /// <summary><c>*</c></summary>
    Multiply,

    /// <summary><c>/</c></summary>
    Divide,

    /// <summary><c>%</c></summary>
    Modulo,

    /// <summary><c>^</c></summary>
    Power,

    /// <summary><c>min_of(a, b)</c></summary>
    MinOf,

    /// <summary><c>max_of(a, b)</c></summary>
    MaxOf,
}
