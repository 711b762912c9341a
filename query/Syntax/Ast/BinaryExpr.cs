namespace Streamline.Query.Syntax;

/// <summary>Two operands and an operator.</summary>
public sealed record BinaryExpr : Expr
{
    /// <summary>Joins two operands; <paramref name="matching"/> is null unless both are vectors.</summary>
    public BinaryExpr(BinaryOperator op, Expr left, Expr right, bool returnBool, VectorMatching? matching)
    {
        Op = op;
        Left = left;
        Right = right;
        ReturnBool = returnBool;
        Matching = matching;
        Type = left.Type == ValueType.Scalar && right.Type == ValueType.Scalar ? ValueType.Scalar : ValueType.Vector;
        Height = Math.Max(left.Height, right.Height) + 1;
    }

    /// <summary>The operator.</summary>
    public BinaryOperator Op { get; }

    /// <summary>Left operand.</summary>
    public Expr Left { get; }

    /// <summary>Right operand.</summary>
    public Expr Right { get; }

    /// <summary><c>bool</c>: a comparison gives 0 or 1 and filters nothing.</summary>
    public bool ReturnBool { get; }

    /// <summary>Vector matching; null unless both operands are vectors.</summary>
    public VectorMatching? Matching { get; }

    /// <inheritdoc/>
    public override ValueType Type { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Expr> Children => [Left, Right];
}
