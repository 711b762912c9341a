using System.Globalization;
using Streamline.Query.Syntax.Lexing;
using Streamline.Storage;

namespace Streamline.Query.Syntax.Parsing;

/// <summary>Selectors and what stands behind them: ranges, subqueries, <c>offset</c>, <c>@</c>, <c>anchored</c>, <c>smoothed</c>.</summary>
internal sealed partial class Parser
{
    private const string NameLabel = "__name__";

    private VectorSelector ParseSelector()
    {
        if (_token.Kind == TokenKind.LeftBrace) return ParseSelector(default);
        return ParseSelector(Take());
    }

    /// <summary>A selector whose metric name, if it has one, was taken already.</summary>
    private VectorSelector ParseSelector(Token name)
    {
        bool named = name.End > name.Start;
        string metric = TextOf(name).ToString();
        int start = named ? name.Start : _token.Start;
        List<LabelMatcher> matchers = [];
        if (named) matchers.Add(new LabelMatcher(MatchOperator.Equal, NameLabel, metric));
        if (TryTake(TokenKind.LeftBrace)) ParseMatchers(matchers);
        if (!named) NameFirst(matchers);
        return new VectorSelector(metric, matchers) { Start = start, End = _lastEnd };
    }

    /// <summary>An equality on the name narrows a selection most, and rules look for it first.</summary>
    private static void NameFirst(List<LabelMatcher> matchers)
    {
        int name = matchers.FindIndex(m => m.Name == NameLabel && m.Operator == MatchOperator.Equal);
        if (name <= 0) return;
        LabelMatcher first = matchers[name];
        matchers.RemoveAt(name);
        matchers.Insert(0, first);
    }

    private void ParseMatchers(List<LabelMatcher> matchers)
    {
        while (!TryTake(TokenKind.RightBrace))
        {
            matchers.Add(ParseMatcher());
            if (_token.Kind == TokenKind.Comma) Take();
            else if (_token.Kind != TokenKind.RightBrace) FailUnexpected("label matching", "\",\" or \"}\"");
        }
    }

    private LabelMatcher ParseMatcher()
    {
        Token name = _token;
        if (name.Kind is not (TokenKind.Identifier or TokenKind.String)) FailUnexpected("label matching", "identifier or \"}\"");
        Take();
        bool quoted = name.Kind == TokenKind.String;
        string label = quoted ? GoStrings.Unquote(TextOf(name)) : TextOf(name).ToString();
        if (!Tokens.IsMatchOperator(_token.Kind))
        {
            if (!quoted) FailUnexpected("label matching", "label matching operator");
            return new LabelMatcher(MatchOperator.Equal, NameLabel, label);
        }
        MatchOperator op = MatcherOf(Take().Kind);
        Token value = _token;
        if (value.Kind != TokenKind.String) FailUnexpected("label matching", "string");
        Take();
        return CreateMatcher(op, label, GoStrings.Unquote(TextOf(value)), name.Start, value.End);
    }

    private LabelMatcher CreateMatcher(MatchOperator op, string label, string value, int start, int end)
    {
        try
        {
            return new LabelMatcher(op, label, value);
        }
        catch (FormatException error)
        {
            throw SyntaxErrors.Create(_text, start, end, error.Message);
        }
    }

    private static MatchOperator MatcherOf(TokenKind kind) => kind switch
    {
        TokenKind.Assign => MatchOperator.Equal,
        TokenKind.NotEqual => MatchOperator.NotEqual,
        TokenKind.MatchRegex => MatchOperator.Regex,
        TokenKind.NotMatchRegex => MatchOperator.NotRegex,
        _ => throw new System.Diagnostics.UnreachableException(kind.ToString()),
    };

    private Expr ParseRange(Expr expr)
    {
        Token open = Take();
        DurationExpr range = ParseBracketDuration("subquery or range selector", Durations);
        if (TryTake(TokenKind.Colon)) return ParseSubquery(expr, range);
        if (_token.Kind != TokenKind.RightBracket) FailUnexpected("subquery or range", "\":\" or \"]\"");
        Take();
        string? refusal = expr switch
        {
            VectorSelector { OffsetMs: not 0 } or VectorSelector { OffsetExpr: not null } => "no offset modifiers allowed before range",
            VectorSelector { At: not null } => "no @ modifiers allowed before range",
            VectorSelector => null,
            _ => "ranges only allowed for vector selectors",
        };
        if (refusal is not null) Fail(open.Start, _lastEnd, refusal);
        return new MatrixSelector((VectorSelector)expr, FixedMs(range)) { RangeExpr = Computed(range), Start = expr.Start, End = _lastEnd };
    }

    private SubqueryExpr ParseSubquery(Expr expr, DurationExpr range)
    {
        var subquery = new SubqueryExpr(expr, FixedMs(range), 0) { RangeExpr = Computed(range), Start = expr.Start };
        if (_token.Kind != TokenKind.RightBracket)
        {
            DurationExpr step = ParseBracketDuration("subquery selector", Durations.Replace(" or range()", " range(), or \"]\"", StringComparison.Ordinal));
            if (_token.Kind != TokenKind.RightBracket) FailUnexpected("subquery selector", "\"]\"");
            subquery = subquery with { StepMs = FixedMs(step), StepExpr = Computed(step) };
        }
        Take();
        return subquery with { End = _lastEnd };
    }

    private Expr ParseOffset(Expr expr)
    {
        Take();
        DurationExpr offset = ParseOffsetDuration();
        bool taken = expr switch
        {
            VectorSelector s => s.OffsetMs != 0 || s.OffsetExpr is not null,
            MatrixSelector m => m.Vector.OffsetMs != 0 || m.Vector.OffsetExpr is not null,
            SubqueryExpr q => q.OffsetMs != 0 || q.OffsetExpr is not null,
            _ => Refuse(expr, "offset modifier must be preceded by an instant vector selector or range vector selector or a subquery"),
        };
        if (taken) Fail(expr, "offset may not be set multiple times");
        (long ms, DurationExpr? computed) = (FixedMs(offset), Computed(offset));
        return expr switch
        {
            VectorSelector s => s with { OffsetMs = ms, OffsetExpr = computed, End = _lastEnd },
            MatrixSelector m => m with { Vector = m.Vector with { OffsetMs = ms, OffsetExpr = computed }, End = _lastEnd },
            _ => (SubqueryExpr)expr with { OffsetMs = ms, OffsetExpr = computed, End = _lastEnd },
        };
    }

    private Expr ParseAt(Expr expr)
    {
        Take();
        AtModifier at = ParseAtValue(expr);
        bool taken = expr switch
        {
            VectorSelector s => s.At is not null,
            MatrixSelector m => m.Vector.At is not null,
            SubqueryExpr q => q.At is not null,
            _ => Refuse(expr, "@ modifier must be preceded by an instant vector selector or range vector selector or a subquery"),
        };
        if (taken) Fail(expr, "@ <timestamp> may not be set multiple times");
        return expr switch
        {
            VectorSelector s => s with { At = at, End = _lastEnd },
            MatrixSelector m => m with { Vector = m.Vector with { At = at }, End = _lastEnd },
            _ => (SubqueryExpr)expr with { At = at, End = _lastEnd },
        };
    }

    private AtModifier ParseAtValue(Expr expr)
    {
        if (_token.Kind is TokenKind.Start or TokenKind.End)
        {
            AtAnchor anchor = Take().Kind == TokenKind.Start ? AtAnchor.Start : AtAnchor.End;
            if (!TryTake(TokenKind.LeftParen) || !TryTake(TokenKind.RightParen)) FailUnexpected("@", "timestamp");
            return new AtModifier(anchor);
        }
        bool negative = _token.Kind == TokenKind.Subtract;
        if (_token.Kind is TokenKind.Add or TokenKind.Subtract) Take();
        if (_token.Kind is not (TokenKind.Number or TokenKind.Duration)) FailUnexpected("@", "timestamp");
        double seconds = ParseNumber().Value * (negative ? -1 : 1);
        if (!double.IsFinite(seconds) || Math.Abs(seconds) >= long.MaxValue) Fail(expr, $"timestamp out of bounds for @ modifier: {SixDigits(seconds)}");
        return new AtModifier(AtAnchor.Timestamp, (long)Math.Round(seconds * 1000, MidpointRounding.AwayFromZero));
    }

    private static string SixDigits(double value) => double.IsFinite(value)
        ? value.ToString("F6", CultureInfo.InvariantCulture)
        : double.IsNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";

    private Expr ParseBoundary(Expr expr, RangeBoundary boundary)
    {
        string word = boundary == RangeBoundary.Anchored ? "anchored" : "smoothed";
        Take();
        if (!_features.HasFlag(SyntaxFeatures.ExtendedRangeSelectors)) Fail(expr, $"{word} modifier is experimental and not enabled");
        VectorSelector? selector = expr as VectorSelector ?? (expr as MatrixSelector)?.Vector;
        if (selector is null) Fail(expr, expr is SubqueryExpr ? $"{word} modifier is not supported for subqueries" : $"{word} modifier not implemented");
        if (selector.Boundary != RangeBoundary.Plain && selector.Boundary != boundary) Fail(expr, "anchored and smoothed modifiers cannot be used together");
        selector = selector with { Boundary = boundary };
        return expr is MatrixSelector matrix ? matrix with { Vector = selector, End = _lastEnd } : selector with { End = _lastEnd };
    }

    private bool Refuse(Expr expr, string reason)
    {
        Fail(expr, reason);
        return false;
    }
}
