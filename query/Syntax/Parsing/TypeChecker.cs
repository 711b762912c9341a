using System.Diagnostics.CodeAnalysis;
using Streamline.Storage;

namespace Streamline.Query.Syntax.Parsing;

/// <summary>Checks types and the conditions that are no matter of syntax; the order and the words of errors are Prometheus's (promql/parser/parse.go).</summary>
internal sealed class TypeChecker
{
    private readonly string _text;

    private TypeChecker(string text) => _text = text;

    public static Expr Check(string text, Expr expr)
    {
        new TypeChecker(text).Visit(expr);
        return expr;
    }

    private void Visit(Expr expr)
    {
        switch (expr)
        {
            case AggregateExpr aggregate: Visit(aggregate); break;
            case BinaryExpr binary: Visit(binary); break;
            case CallExpr call: Visit(call); break;
            case ParenExpr paren: Visit(paren.Inner); break;
            case UnaryExpr unary: Visit(unary); break;
            case SubqueryExpr subquery: Visit(subquery); break;
            case MatrixSelector matrix: Visit(matrix.Vector); break;
            case VectorSelector selector: Visit(selector); break;
        }
    }

    private void Visit(AggregateExpr aggregate)
    {
        Expect(aggregate.Inner, ValueType.Vector, "aggregation expression");
        if (aggregate.Parameter is not { } parameter) return;
        Expect(parameter, aggregate.Op == AggregateOperator.CountValues ? ValueType.String : ValueType.Scalar, "aggregation parameter");
    }

    private void Visit(BinaryExpr binary)
    {
        Visit(binary.Left);
        Visit(binary.Right);
        (ValueType left, ValueType right) = (binary.Left.Type, binary.Right.Type);
        if (binary.ReturnBool && !binary.Op.IsComparison()) FailAtOperator(binary, "bool modifier can only be used on comparison operators");
        if (binary.Op.IsComparison() && !binary.ReturnBool && left == ValueType.Scalar && right == ValueType.Scalar)
        {
            FailAtOperator(binary, "comparisons between scalars must use BOOL modifier");
        }
        if (binary.Matching is { On: true } on && on.Labels.FirstOrDefault(on.Include.Contains) is { } twice)
        {
            FailAtOperator(binary, $"label {GoStrings.Quote(twice)} must not occur in ON and GROUP clause at once");
        }
        if (!IsOperand(left)) Fail(binary.Left, "binary expression must contain only scalar and instant vector types");
        if (!IsOperand(right)) Fail(binary.Right, "binary expression must contain only scalar and instant vector types");
        CheckMatching(binary, left == ValueType.Vector && right == ValueType.Vector);
    }

    private void CheckMatching(BinaryExpr binary, bool vectors)
    {
        VectorMatching matching = binary.Matching ?? VectorMatching.Default;
        bool fills = matching.FillLeft is not null || matching.FillRight is not null;
        string op = GoStrings.Quote(binary.Op.Symbol());
        if (!vectors)
        {
            if (matching.Labels.Count > 0) Fail(binary, "vector matching only allowed between instant vectors");
            if (fills) Fail(binary, "filling in missing series only allowed between instant vectors");
            if (binary.Op.IsSet()) Fail(binary, $"set operator {op} not allowed in binary scalar expression");
        }
        else if (binary.Op.IsSet())
        {
            if (matching.Cardinality != MatchCardinality.ManyToMany) Fail(binary, $"no grouping allowed for {op} operation");
            if (fills) Fail(binary, "filling in missing series not allowed for set operators");
        }
    }

    private void Visit(CallExpr call)
    {
        CheckArgumentCount(call);
        if (call.Function.Name == "info" && call.Arguments.Count > 1) CheckInfo(call);
        IReadOnlyList<ValueType> types = call.Function.Arguments;
        for (int i = 0; i < call.Arguments.Count; i++)
        {
            Expect(call.Arguments[i], types[Math.Min(i, types.Count - 1)], $"call to function {GoStrings.Quote(call.Function.Name)}");
        }
    }

    private void CheckArgumentCount(CallExpr call)
    {
        (FunctionSignature function, int count) = (call.Function, call.Arguments.Count);
        string tail = $"in call to {GoStrings.Quote(function.Name)}, got {count}";
        int least = function.Arguments.Count;
        if (function.Variadic == 0)
        {
            if (count != least) Fail(call, $"expected {least} argument(s) {tail}");
            return;
        }
        least--;
        if (count < least) Fail(call, $"expected at least {least} argument(s) {tail}");
        int most = least + function.Variadic;
        if (function.Variadic > 0 && count > most) Fail(call, $"expected at most {most} argument(s) {tail}");
    }

    private void CheckInfo(CallExpr call)
    {
        Expr conditions = call.Arguments[1];
        if (conditions.Type != ValueType.Vector) Fail(call, Mismatch(ValueType.Vector, "call to function \"info\"", conditions.Type));
        if (conditions is not VectorSelector selector) Fail(conditions, "expected label selectors only");
        else if (selector.Name.Length > 0) Fail(conditions, "expected label selectors only, got vector selector instead");
    }

    private void Visit(UnaryExpr unary)
    {
        Visit(unary.Inner);
        ValueType type = unary.Inner.Type;
        if (!IsOperand(type)) Fail(unary, $"unary expression only allowed on expressions of type scalar or instant vector, got \"{Documented(type)}\"");
    }

    private void Visit(SubqueryExpr subquery)
    {
        Visit(subquery.Inner);
        // Here Prometheus shows its internal name of the type.
        ValueType type = subquery.Inner.Type;
        string shown = type == ValueType.Matrix ? "matrix" : Documented(type);
        if (type != ValueType.Vector) Fail(subquery, $"subquery is only allowed on instant vector, got {shown} instead");
    }

    private void Visit(VectorSelector selector)
    {
        if (selector.Name.Length > 0)
        {
            LabelMatcher? second = selector.Matchers.Skip(1).FirstOrDefault(m => m.Name == "__name__");
            if (second is null) return;
            Fail(selector, $"metric name must not be set twice: {GoStrings.Quote(selector.Name)} or {GoStrings.Quote(second.Value)}");
        }
        // Else a typing error would select everything.
        if (!selector.MayMatchAll && selector.Matchers.All(m => m.MatchesEmpty)) Fail(selector, "vector selector must contain at least one non-empty matcher");
    }

    private void Expect(Expr expr, ValueType wanted, string context)
    {
        Visit(expr);
        if (expr.Type != wanted) Fail(expr, Mismatch(wanted, context, expr.Type));
    }

    private static string Mismatch(ValueType wanted, string context, ValueType got) => $"expected type {Documented(wanted)} in {context}, got {Documented(got)}";

    private static bool IsOperand(ValueType type) => type is ValueType.Scalar or ValueType.Vector;

    private static string Documented(ValueType type) => type switch
    {
        ValueType.Scalar => "scalar",
        ValueType.String => "string",
        ValueType.Vector => "instant vector",
        ValueType.Matrix => "range vector",
    };

    [DoesNotReturn]
    private void Fail(Expr expr, string reason) => SyntaxErrors.Throw(_text, expr.Start, expr.End, reason);

    /// <summary>The operator and its modifiers: what stands between the operands.</summary>
    [DoesNotReturn]
    private void FailAtOperator(BinaryExpr binary, string reason)
    {
        ReadOnlySpan<char> between = _text.AsSpan(binary.Left.End, binary.Right.Start - binary.Left.End);
        int start = binary.Left.End + (between.Length - between.TrimStart().Length);
        SyntaxErrors.Throw(_text, start, start + between.Trim().Length, reason);
    }
}
