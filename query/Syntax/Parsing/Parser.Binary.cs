using Streamline.Query.Syntax.Lexing;

namespace Streamline.Query.Syntax.Parsing;

/// <summary>Binary operators and their modifiers.</summary>
internal sealed partial class Parser
{
    private readonly record struct BinaryModifiers(bool ReturnBool, VectorMatching Matching);

    private static bool TryBinary(TokenKind kind, out BinaryOperator op, out int precedence)
    {
        (op, precedence) = kind switch
        {
            TokenKind.Or => (BinaryOperator.Or, 1),
            TokenKind.And => (BinaryOperator.And, 2),
            TokenKind.Unless => (BinaryOperator.Unless, 2),
            TokenKind.Equal => (BinaryOperator.Equal, 3),
            TokenKind.NotEqual => (BinaryOperator.NotEqual, 3),
            TokenKind.Less => (BinaryOperator.Less, 3),
            TokenKind.LessOrEqual => (BinaryOperator.LessOrEqual, 3),
            TokenKind.Greater => (BinaryOperator.Greater, 3),
            TokenKind.GreaterOrEqual => (BinaryOperator.GreaterOrEqual, 3),
            TokenKind.TrimUpper => (BinaryOperator.TrimUpper, 3),
            TokenKind.TrimLower => (BinaryOperator.TrimLower, 3),
            TokenKind.Add => (BinaryOperator.Add, 4),
            TokenKind.Subtract => (BinaryOperator.Subtract, 4),
            TokenKind.Multiply => (BinaryOperator.Multiply, 5),
            TokenKind.Divide => (BinaryOperator.Divide, 5),
            TokenKind.Modulo => (BinaryOperator.Modulo, 5),
            TokenKind.Atan2 => (BinaryOperator.Atan2, 5),
            TokenKind.Power => (BinaryOperator.Power, PowerPrecedence),
            _ => (default, 0),
        };
        return precedence > 0;
    }

    private BinaryModifiers ParseBinaryModifiers()
    {
        bool returnBool = TryTake(TokenKind.Bool);
        VectorMatching matching = VectorMatching.Default;
        if (_token.Kind is TokenKind.On or TokenKind.Ignoring)
        {
            bool on = Take().Kind == TokenKind.On;
            matching = ParseGrouping(matching with { On = on, Labels = ParseLabels() });
        }
        return new BinaryModifiers(returnBool, ParseFills(matching));
    }

    private VectorMatching ParseGrouping(VectorMatching matching)
    {
        if (_token.Kind is not (TokenKind.GroupLeft or TokenKind.GroupRight)) return matching;
        bool left = Take().Kind == TokenKind.GroupLeft;
        return matching with
        {
            Cardinality = left ? MatchCardinality.ManyToOne : MatchCardinality.OneToMany,
            Include = _token.Kind == TokenKind.LeftParen ? ParseLabels() : [],
        };
    }

    private VectorMatching ParseFills(VectorMatching matching)
    {
        if (TryTake(TokenKind.Fill))
        {
            double both = ParseFillValue();
            return matching with { FillLeft = both, FillRight = both };
        }
        while (_token.Kind is TokenKind.FillLeft or TokenKind.FillRight)
        {
            bool left = _token.Kind == TokenKind.FillLeft;
            if ((left ? matching.FillLeft : matching.FillRight) is not null) break;
            Take();
            double value = ParseFillValue();
            matching = left ? matching with { FillLeft = value } : matching with { FillRight = value };
        }
        return matching;
    }

    private double ParseFillValue()
    {
        Expect(TokenKind.LeftParen);
        bool negative = _token.Kind == TokenKind.Subtract;
        if (_token.Kind is TokenKind.Add or TokenKind.Subtract) Take();
        if (_token.Kind is not (TokenKind.Number or TokenKind.Duration)) FailUnexpected();
        double value = ParseNumber().Value;
        Expect(TokenKind.RightParen);
        return negative ? -value : value;
    }

    private BinaryExpr Combine(BinaryOperator op, Expr left, Expr right, BinaryModifiers modifiers)
    {
        VectorMatching? matching = modifiers.Matching;
        bool fills = matching.FillLeft is not null || matching.FillRight is not null;
        if (fills && !_features.HasFlag(SyntaxFeatures.FillModifiers))
        {
            Fail(left.Start, right.End, "binop fill modifiers are experimental and not enabled");
        }
        if (op.IsSet() && matching.Cardinality == MatchCardinality.OneToOne) matching = matching with { Cardinality = MatchCardinality.ManyToMany };
        // Between other things than two vectors matching means nothing; what the type checker must refuse stays to be seen by it.
        bool vectors = left.Type == ValueType.Vector && right.Type == ValueType.Vector;
        if (!vectors && !fills && matching.Labels.Count == 0) matching = null;
        return new BinaryExpr(op, left, right, modifiers.ReturnBool, matching) { Start = left.Start, End = right.End };
    }

    private bool TryTake(TokenKind kind)
    {
        if (_token.Kind != kind) return false;
        Take();
        return true;
    }

    private List<string> ParseLabels()
    {
        if (!TryTake(TokenKind.LeftParen)) FailUnexpected("grouping opts", "\"(\"");
        List<string> labels = [];
        while (!TryTake(TokenKind.RightParen))
        {
            labels.Add(ParseLabel());
            if (_token.Kind == TokenKind.Comma) Take();
            else if (_token.Kind != TokenKind.RightParen) FailUnexpected("grouping opts", "\",\" or \")\"");
        }
        return labels;
    }

    private string ParseLabel()
    {
        Token token = _token;
        if (token.Kind != TokenKind.String && !Tokens.IsLabelName(token.Kind)) FailUnexpected("grouping opts", "label");
        Take();
        if (token.Kind != TokenKind.String) return TextOf(token).ToString();
        string label = GoStrings.Unquote(TextOf(token));
        if (label.Length == 0) Fail(token, "invalid label name for grouping: \"\"");
        return label;
    }
}
