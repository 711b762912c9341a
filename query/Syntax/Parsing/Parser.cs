using System.Diagnostics.CodeAnalysis;
using Streamline.Query.Syntax.Lexing;
using Streamline.Storage;

namespace Streamline.Query.Syntax.Parsing;

/// <summary>
/// Precedence climbing over the lexer's tokens with one token of lookahead; the first error is thrown. Types are checked afterwards by
/// <see cref="TypeChecker"/>, so that an error of syntax anywhere comes before an error of types, as in Prometheus.
/// </summary>
internal sealed partial class Parser
{
    /// <summary>Bound of nesting. Each level takes about seven frames of this parser, 2 kB before the compiler has optimised them; a stack may have 1 MB.</summary>
    public const int MaxNesting = 250;

    /// <summary>Bound of a tree's height, which a chain of operators reaches without nesting: everything that walks trees recurses.</summary>
    public const int MaxHeight = 500;

    private const int PowerPrecedence = 6;
    private readonly string _text;
    private readonly SyntaxFeatures _features;
    private readonly Lexer _lexer;
    private Token _token;
    private int _lastEnd;
    private int _depth;

    /// <summary>Aggregations whose parentheses are open: their presence words an error.</summary>
    private int _openAggregations;

    public Parser(string text, SyntaxFeatures features)
    {
        _text = text;
        _features = features;
        _lexer = new Lexer(text);
        _token = _lexer.Next();
    }

    public Expr ParseQuery()
    {
        if (_token.Kind == TokenKind.EndOfInput) Fail(0, 0, "no expression found in input");
        Expr expr = ParseExpr(1);
        if (_token.Kind != TokenKind.EndOfInput) FailUnexpected();
        return expr;
    }

    public VectorSelector ParseSelectorOnly()
    {
        if (_token.Kind != TokenKind.LeftBrace && !Tokens.IsMetricName(_token.Kind)) FailUnexpected();
        VectorSelector selector = ParseSelector();
        if (_token.Kind != TokenKind.EndOfInput) FailUnexpected();
        return selector;
    }

    private Expr ParseExpr(int minPrecedence)
    {
        Enter();
        Expr left = ParseUnary();
        while (TryBinary(_token.Kind, out BinaryOperator op, out int precedence) && precedence >= minPrecedence)
        {
            Take();
            BinaryModifiers modifiers = ParseBinaryModifiers();
            Expr right = ParseExpr(op == BinaryOperator.Power ? precedence : precedence + 1);
            left = Bounded(Combine(op, left, right, modifiers));
        }
        _depth--;
        return left;
    }

    /// <summary>A sign binds like <c>*</c>: <c>-1^2</c> is -(1^2). It is folded into a number.</summary>
    private Expr ParseUnary()
    {
        if (_token.Kind is not (TokenKind.Add or TokenKind.Subtract)) return ParsePostfix();
        Token sign = Take();
        bool negative = sign.Kind == TokenKind.Subtract;
        Expr inner = ParseExpr(PowerPrecedence);
        if (inner is NumberLiteral number) return number with { Value = negative ? -number.Value : number.Value, Start = sign.Start };
        return Bounded(new UnaryExpr(negative, inner) { Start = sign.Start, End = inner.End });
    }

    private Expr ParsePostfix()
    {
        Expr expr = ParsePrimary();
        while (true)
        {
            switch (_token.Kind)
            {
                case TokenKind.LeftBracket: expr = Bounded(ParseRange(expr)); break;
                case TokenKind.Offset: expr = ParseOffset(expr); break;
                case TokenKind.At: expr = ParseAt(expr); break;
                case TokenKind.Anchored: expr = ParseBoundary(expr, RangeBoundary.Anchored); break;
                case TokenKind.Smoothed: expr = ParseBoundary(expr, RangeBoundary.Smoothed); break;
                default: return expr;
            }
        }
    }

    private Expr ParsePrimary()
    {
        Token token = _token;
        switch (token.Kind)
        {
            case TokenKind.Number or TokenKind.Duration: return ParseNumber();
            case TokenKind.String:
                Take();
                return new StringLiteral(GoStrings.Unquote(TextOf(token))) { Start = token.Start, End = token.End };
            case TokenKind.LeftParen:
                Take();
                Expr inner = ParseExpr(1);
                Expect(TokenKind.RightParen);
                return Bounded(new ParenExpr(inner) { Start = token.Start, End = _lastEnd });
            case TokenKind.LeftBrace: return ParseSelector();
            default: return ParseNamed();
        }
    }

    /// <summary>A word is an aggregation, a function or a metric by what follows it.</summary>
    private Expr ParseNamed()
    {
        Token token = _token;
        if (!Tokens.IsMetricName(token.Kind)) FailUnexpected();
        Take();
        bool aggregates = _token.Kind is TokenKind.LeftParen or TokenKind.By or TokenKind.Without;
        if (aggregates && Tokens.IsAggregator(token.Kind)) return Bounded(ParseAggregate(token));
        bool mayCall = token.Kind == TokenKind.Identifier || Tokens.IsFunctionKeyword(token.Kind);
        return mayCall && _token.Kind == TokenKind.LeftParen ? Bounded(ParseCall(token)) : ParseSelector(token);
    }

    private NumberLiteral ParseNumber()
    {
        Token token = Take();
        ReadOnlySpan<char> text = TextOf(token);
        if (token.Kind == TokenKind.Duration)
        {
            if (!DurationText.TryParse(text, out long ms, out string failure)) Fail(token, failure);
            return new NumberLiteral(ms / 1000.0, IsDuration: true) { Start = token.Start, End = token.End };
        }
        if (!GoNumbers.TryParse(text, out double value, out string reason)) Fail(token, $"error parsing number: {reason}");
        return new NumberLiteral(value) { Start = token.Start, End = token.End };
    }

    private ReadOnlySpan<char> TextOf(Token token) => _text.AsSpan(token.Start, token.End - token.Start);

    private Token Take()
    {
        Token taken = _token;
        _lastEnd = taken.End;
        _token = _lexer.Next();
        return taken;
    }

    private void Expect(TokenKind kind)
    {
        if (_token.Kind != kind) FailUnexpected();
        Take();
    }

    private void Enter()
    {
        if (++_depth > MaxNesting) Fail(_token, $"expression is nested more than {MaxNesting} levels deep");
    }

    private T Bounded<T>(T expr) where T : Expr
    {
        if (expr.Height > MaxHeight) Fail(expr, $"expression has more than {MaxHeight} operations in a row");
        return expr;
    }

    /// <summary>A token that fits nowhere; inside an aggregation's parentheses the message says so.</summary>
    [DoesNotReturn]
    private void FailUnexpected() => FailUnexpected(_openAggregations > 0 ? "aggregation" : "", "");

    [DoesNotReturn]
    private void FailUnexpected(string context, string expected)
    {
        string found = Tokens.Describe(_token.Kind, TextOf(_token).ToString());
        string where = context.Length > 0 ? $" in {context}" : "";
        string instead = expected.Length > 0 ? $", expected {expected}" : "";
        Fail(_token, $"unexpected {found}{where}{instead}");
    }

    [DoesNotReturn]
    private void Fail(Token token, string reason) => Fail(token.Start, token.End, reason);

    [DoesNotReturn]
    private void Fail(Expr expr, string reason) => Fail(expr.Start, expr.End, reason);

    [DoesNotReturn]
    private void Fail(int start, int end, string reason) => SyntaxErrors.Throw(_text, start, end, reason);
}
