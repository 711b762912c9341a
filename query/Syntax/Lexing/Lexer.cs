using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Streamline.Query.Syntax.Lexing;

/// <summary>
/// Cuts a query into tokens, one at a time, comments skipped. What a character means depends on whether a brace or bracket is open, as in Prometheus
/// (promql/parser/lex.go), whose messages this gives.
/// </summary>
internal sealed partial class Lexer(string text)
{
    private static readonly SearchValues<char> Spaces = SearchValues.Create(" \t\n\r");
    private Mode _mode = Mode.Statement;
    private int _at;
    private int _start;
    private int _parenDepth;
    private bool _bracketOpen;
    private bool _gotColon;

    private enum Mode
    {
        /// <summary>Anywhere else; also inside brackets behind the first number.</summary>
        Statement,

        /// <summary>Inside braces, where keywords are names.</summary>
        Braces,

        /// <summary>Inside brackets before the first number.</summary>
        Duration,
    }

    private char Peek => _at < text.Length ? text[_at] : '\0';

    private bool AtEnd => _at >= text.Length;

    public Token Next()
    {
        SkipSpaces();
        _start = _at;
        return _mode switch
        {
            Mode.Braces => InsideBraces(),
            Mode.Duration => InsideDuration(),
            Mode.Statement => Statement(),
        };
    }

    private void SkipSpaces()
    {
        while (true)
        {
            int rest = text.AsSpan(_at).IndexOfAnyExcept(Spaces);
            _at = rest < 0 ? text.Length : _at + rest;
            if (Peek != '#' || _mode == Mode.Duration) return;
            int line = text.AsSpan(_at).IndexOfAny('\r', '\n');
            _at = line < 0 ? text.Length : _at + line;
        }
    }

    private Token Statement()
    {
        if (AtEnd)
        {
            if (_parenDepth != 0) Fail("unclosed left parenthesis");
            if (_bracketOpen) Fail("unclosed left bracket");
            return Emit(TokenKind.EndOfInput);
        }
        char c = text[_at++];
        switch (c)
        {
            case '=': return AfterEquals();
            case '!':
                if (Peek != '=') Fail($"unexpected character after '!': {QuoteNext()}");
                return EmitPast(TokenKind.NotEqual);
            case '<': return Peek == '=' ? EmitPast(TokenKind.LessOrEqual) : Peek == '/' ? EmitPast(TokenKind.TrimUpper) : Emit(TokenKind.Less);
            case '>': return Peek == '=' ? EmitPast(TokenKind.GreaterOrEqual) : Peek == '/' ? EmitPast(TokenKind.TrimLower) : Emit(TokenKind.Greater);
            case '"' or '\'': return QuotedString(c);
            case '`': return RawString();
            case '{':
                _mode = Mode.Braces;
                return Emit(TokenKind.LeftBrace);
            case '[': return OpenBracket();
            case ']':
                if (!_bracketOpen) Fail("unexpected right bracket ']'");
                _bracketOpen = false;
                return Emit(TokenKind.RightBracket);
            case '@': return Emit(TokenKind.At);
            case '.' when char.IsAsciiDigit(Peek):
            case >= '0' and <= '9': return Number();
            case ':' when _bracketOpen:
                if (_gotColon) Fail("unexpected colon ':'");
                _gotColon = true;
                return Emit(TokenKind.Colon);
            case ':' or '_' or (>= 'a' and <= 'z') or (>= 'A' and <= 'Z'): return Word(c);
            default: return Arithmetic(c, "unexpected character: ");
        }
    }

    private Token AfterEquals()
    {
        if (Peek == '~') Fail("unexpected character after '=': '~'");
        return Peek == '=' ? EmitPast(TokenKind.Equal) : Emit(TokenKind.Assign);
    }

    private Token OpenBracket()
    {
        if (_bracketOpen) Fail("unexpected left bracket '['");
        _bracketOpen = true;
        _gotColon = false;
        _mode = Mode.Duration;
        return Emit(TokenKind.LeftBracket);
    }

    /// <summary>What means the same everywhere outside braces.</summary>
    private Token Arithmetic(char c, string complaint)
    {
        switch (c)
        {
            case ',': return Emit(TokenKind.Comma);
            case '+': return Emit(TokenKind.Add);
            case '-': return Emit(TokenKind.Subtract);
            case '*': return Emit(TokenKind.Multiply);
            case '/': return Emit(TokenKind.Divide);
            case '%': return Emit(TokenKind.Modulo);
            case '^': return Emit(TokenKind.Power);
            case '(':
                _parenDepth++;
                return Emit(TokenKind.LeftParen);
            case ')':
                if (--_parenDepth >= 0) return Emit(TokenKind.RightParen);
                _start = _at;
                Fail("unexpected right parenthesis ')'");
                return default;
            default:
                _at--;
                Fail(complaint + QuoteNext());
                return default;
        }
    }

    private Token InsideDuration()
    {
        if (AtEnd) Fail("unexpected end of input in duration expression");
        char c = text[_at++];
        switch (c)
        {
            case ']':
                (_bracketOpen, _mode) = (false, Mode.Statement);
                return Emit(TokenKind.RightBracket);
            case ':':
                if (_gotColon) Fail("unexpected repeated colon in duration expression");
                _gotColon = true;
                return Emit(TokenKind.Colon);
            case '.' when char.IsAsciiDigit(Peek):
            case >= '0' and <= '9':
                _mode = Mode.Statement;
                return Number();
            default:
                if (TryDurationKeyword(c, out Token token)) return token;
                return Arithmetic(c, "unexpected character in duration expression: ");
        }
    }

    private bool TryDurationKeyword(char first, out Token token)
    {
        token = default;
        int end = _at;
        while (end < text.Length && (char.IsAsciiLetter(text[end]) || text[end] == '_')) end++;
        if (!char.IsAsciiLetter(first) || !Tokens.TryKeyword(text.AsSpan(_start, end - _start), out TokenKind kind)) return false;
        if (kind is not (TokenKind.Step or TokenKind.Range or TokenKind.MaxOf or TokenKind.MinOf)) return false;
        _at = end;
        token = Emit(kind);
        return true;
    }

    private Token Word(char first)
    {
        if (_bracketOpen)
        {
            if (TryDurationKeyword(first, out Token token)) return token;
            Fail($"unexpected character: '{first}', expected ':'");
        }
        while (char.IsAsciiLetterOrDigit(Peek) || Peek is '_' or ':') _at++;
        ReadOnlySpan<char> word = text.AsSpan(_start, _at - _start);
        if (!Tokens.TryKeyword(word, out TokenKind kind)) return Emit(word.Contains(':') ? TokenKind.MetricIdentifier : TokenKind.Identifier);
        // fill and its kin came late: as keywords only where they cannot be a metric.
        bool isFill = kind is TokenKind.Fill or TokenKind.FillLeft or TokenKind.FillRight;
        return Emit(isFill && !ParenFollows() ? TokenKind.Identifier : kind);
    }

    private bool ParenFollows()
    {
        int rest = text.AsSpan(_at).IndexOfAnyExcept(Spaces);
        return rest >= 0 && text[_at + rest] == '(';
    }

    private Token InsideBraces()
    {
        if (AtEnd) Fail("unexpected end of input inside braces");
        char c = text[_at++];
        switch (c)
        {
            case ',': return Emit(TokenKind.Comma);
            case '"' or '\'': return QuotedString(c);
            case '`': return RawString();
            case '=': return Peek == '~' ? EmitPast(TokenKind.MatchRegex) : Emit(TokenKind.Assign);
            case '!':
                if (Peek is not ('~' or '=')) Fail($"unexpected character after '!' inside braces: {QuoteNext()}");
                return EmitPast(Peek == '~' ? TokenKind.NotMatchRegex : TokenKind.NotEqual);
            case '{':
                Fail("unexpected left brace '{'");
                return default;
            case '}':
                _mode = Mode.Statement;
                return Emit(TokenKind.RightBrace);
            case '_' or (>= 'a' and <= 'z') or (>= 'A' and <= 'Z'):
                while (char.IsAsciiLetterOrDigit(Peek) || Peek == '_') _at++;
                return Emit(TokenKind.Identifier);
            default:
                _at--;
                Fail("unexpected character inside braces: " + QuoteNext());
                return default;
        }
    }

    private string QuoteNext() => GoStrings.QuoteChar(AtEnd ? null : Rune.TryGetRuneAt(text, _at, out Rune rune) ? rune : Rune.ReplacementChar);

    private Token Emit(TokenKind kind) => new(kind, _start, _at);

    private Token EmitPast(TokenKind kind)
    {
        _at++;
        return Emit(kind);
    }

    /// <summary>An error of the lexer reaches from the token's start to the end of the text, as Prometheus has it.</summary>
    [DoesNotReturn]
    private void Fail(string reason) => SyntaxErrors.Throw(text, _start, text.Length, reason);
}
