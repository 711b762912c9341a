using Streamline.Query.Syntax.Lexing;
using Streamline.Storage;

namespace Streamline.Query.Syntax.Parsing;

/// <summary>Durations of ranges, steps and offsets, which may be computed. The precedences are those of expressions.</summary>
internal sealed partial class Parser
{
    private const string Durations = "number, duration, step(), or range()";

    /// <summary>What an incomplete duration is a part of; words the error.</summary>
    private (string Context, string Expected) _durationContext;

    /// <summary>Operators so far: a chain makes a deep tree without nesting, so they are bounded too.</summary>
    private int _durationOperators;

    private DurationExpr ParseBracketDuration(string context, string expected)
    {
        _durationContext = (context, expected);
        DurationExpr duration = ParseDuration(1);
        if (duration is DurationLiteral { Seconds: <= 0 }) Fail(duration.Start, duration.End, "duration must be greater than 0");
        return duration;
    }

    /// <summary>
    /// An offset ends at its first operand, so that <c>foo offset 5m * 2</c> doubles the value and not the offset; only one that starts with a
    /// parenthesis goes on, as in Prometheus.
    /// </summary>
    private DurationExpr ParseOffsetDuration()
    {
        _durationContext = ("offset", Durations);
        if (_token.Kind == TokenKind.LeftParen) return ParseDuration(1);
        if (_token.Kind is not (TokenKind.Add or TokenKind.Subtract)) return ParseDurationOperand();
        Token sign = Take();
        return _token.Kind is TokenKind.Add or TokenKind.Subtract
            ? ParseDurationTail(Signed(sign, ParseDuration(3)), 1)
            : Signed(sign, ParseDurationOperand());
    }

    private DurationExpr ParseDuration(int minPrecedence)
    {
        Enter();
        DurationExpr left = ParseDurationTail(ParseDurationSigned(), minPrecedence);
        _depth--;
        return left;
    }

    private DurationExpr ParseDurationTail(DurationExpr left, int minPrecedence)
    {
        while (TryDurationOperator(_token.Kind, out DurationOperator op, out int precedence) && precedence >= minPrecedence)
        {
            Token sign = Take();
            if (++_durationOperators > MaxHeight) Fail(sign, $"durations have more than {MaxHeight} operators");
            DurationExpr right = ParseDuration(op == DurationOperator.Power ? precedence : precedence + 1);
            bool zero = right is DurationLiteral { Seconds: 0 };
            if (zero && op == DurationOperator.Divide) Fail(sign, "division by zero");
            if (zero && op == DurationOperator.Modulo) Fail(sign, "modulo by zero");
            left = new DurationBinary(op, left, right) { Start = left.Start, End = right.End };
        }
        return left;
    }

    private static bool TryDurationOperator(TokenKind kind, out DurationOperator op, out int precedence)
    {
        (op, precedence) = kind switch
        {
            TokenKind.Add => (DurationOperator.Add, 1),
            TokenKind.Subtract => (DurationOperator.Subtract, 1),
            TokenKind.Multiply => (DurationOperator.Multiply, 2),
            TokenKind.Divide => (DurationOperator.Divide, 2),
            TokenKind.Modulo => (DurationOperator.Modulo, 2),
            TokenKind.Power => (DurationOperator.Power, 3),
            _ => (default, 0),
        };
        return precedence > 0;
    }

    private DurationExpr ParseDurationSigned()
    {
        if (_token.Kind is not (TokenKind.Add or TokenKind.Subtract)) return ParseDurationOperand();
        Token sign = Take();
        return Signed(sign, ParseDuration(3));
    }

    private static DurationExpr Signed(Token sign, DurationExpr inner)
    {
        bool negative = sign.Kind == TokenKind.Subtract;
        if (inner is DurationLiteral literal) return literal with { Seconds = negative ? -literal.Seconds : literal.Seconds, Start = sign.Start };
        return negative ? new DurationNegation(inner) { Start = sign.Start, End = inner.End } : inner;
    }

    private DurationExpr ParseDurationOperand()
    {
        Token token = _token;
        switch (token.Kind)
        {
            case TokenKind.Number or TokenKind.Duration:
                NumberLiteral number = ParseNumber();
                if (Math.Abs(number.Value) > DurationText.MaxSeconds) Fail(token, "duration out of range");
                return new DurationLiteral(number.Value, number.IsDuration) { Start = token.Start, End = token.End };
            case TokenKind.Step or TokenKind.Range:
                Take();
                TakeInDuration(TokenKind.LeftParen);
                TakeInDuration(TokenKind.RightParen);
                return new DurationOfQuery(token.Kind == TokenKind.Range) { Start = token.Start, End = _lastEnd };
            case TokenKind.MaxOf or TokenKind.MinOf: return ParseDurationChoice(Take());
            case TokenKind.LeftParen:
                Take();
                DurationExpr inner = ParseDuration(1);
                TakeInDuration(TokenKind.RightParen);
                return new DurationParen(inner) { Start = token.Start, End = _lastEnd };
            default:
                FailUnexpected(_durationContext.Context, _durationContext.Expected);
                return null;
        }
    }

    private DurationBinary ParseDurationChoice(Token name)
    {
        TakeInDuration(TokenKind.LeftParen);
        DurationExpr left = ParseDuration(1);
        TakeInDuration(TokenKind.Comma);
        DurationExpr right = ParseDuration(1);
        TakeInDuration(TokenKind.RightParen);
        DurationOperator op = name.Kind == TokenKind.MaxOf ? DurationOperator.MaxOf : DurationOperator.MinOf;
        return new DurationBinary(op, left, right) { Start = name.Start, End = _lastEnd };
    }

    private void TakeInDuration(TokenKind kind)
    {
        if (_token.Kind != kind) FailUnexpected(_durationContext.Context, _durationContext.Expected);
        Take();
    }

    /// <summary>Milliseconds of a plain number, 0 for what must be computed. Rounded to nanoseconds, then cut, as Prometheus does.</summary>
    private static long FixedMs(DurationExpr duration) =>
        duration is DurationLiteral literal ? (long)(Math.Round(literal.Seconds * 1e9, MidpointRounding.AwayFromZero) / 1e6) : 0;

    private static DurationExpr? Computed(DurationExpr duration) => duration is DurationLiteral ? null : duration;
}
