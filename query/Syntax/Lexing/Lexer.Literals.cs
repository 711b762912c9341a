using System.Globalization;
using System.Text;

namespace Streamline.Query.Syntax.Lexing;

/// <summary>Numbers, durations and strings.</summary>
internal sealed partial class Lexer
{
    private Token Number()
    {
        _at = _start;
        if (ScanNumber()) return Emit(TokenKind.Number);
        if (ScanDuration()) return Emit(TokenKind.Duration);
        Fail($"bad number or duration syntax: {GoStrings.Quote(text.AsSpan(_start, _at - _start))}");
        return default;
    }

    /// <summary>Digits with at most one dot and one exponent, underscores between digits, nothing alphanumeric behind. Leaves the place where it failed.</summary>
    private bool ScanNumber()
    {
        bool hex = Peek == '0' && _at + 1 < text.Length && text[_at + 1] is 'x' or 'X';
        if (hex) _at += 2;
        if (hex && Peek == '_') _at++;
        bool dot = false;
        bool exponent = false;
        while (!AtEnd)
        {
            char c = Peek;
            if (IsDigit(c, hex))
            {
                _at++;
                continue;
            }
            if (c is not ('.' or '_' or 'e' or 'E')) break;
            _at++;
            bool good = c switch
            {
                '.' => !hex && !dot && !Follows("._", mustFollow: false),
                '_' => !Follows("._eE", mustFollow: true),
                _ => !exponent && GoodExponent(),
            };
            if (!good) return false;
            dot |= c == '.';
            exponent |= c is 'e' or 'E';
        }
        return !char.IsAsciiLetterOrDigit(Peek);
    }

    private bool GoodExponent()
    {
        if (Peek is '+' or '-') _at++;
        return !Follows("._eE", mustFollow: true);
    }

    /// <summary>Whether one of the characters follows (and is consumed), or nothing does where something must.</summary>
    private bool Follows(string characters, bool mustFollow)
    {
        if (AtEnd) return mustFollow;
        if (!characters.Contains(Peek, StringComparison.Ordinal)) return false;
        _at++;
        return true;
    }

    private static bool IsDigit(char c, bool hex) => hex ? char.IsAsciiHexDigit(c) : char.IsAsciiDigit(c);

    /// <summary>Goes on behind digits: a unit, then more digits and units. Bad units and their order are found when the value is computed.</summary>
    private bool ScanDuration()
    {
        string units = "smhdwy";
        do
        {
            if (AtEnd || !units.Contains(Peek, StringComparison.Ordinal)) return false;
            _at++;
            if (Peek == 's') _at++;
            units = "smhdw";
        }
        while (SkipDigits());
        if (!char.IsAsciiLetterOrDigit(Peek) && Peek != '_') return true;
        _at++;
        return false;
    }

    private bool SkipDigits()
    {
        int from = _at;
        while (char.IsAsciiDigit(Peek)) _at++;
        return _at > from;
    }

    private Token RawString()
    {
        while (true)
        {
            if (AtEnd) Fail("unterminated raw string");
            char c = NextInString();
            if (c == '`') return Emit(TokenKind.String);
        }
    }

    private Token QuotedString(char quote)
    {
        while (true)
        {
            if (AtEnd || Peek == '\n') Fail("unterminated quoted string");
            char c = NextInString();
            if (c == quote) return Emit(TokenKind.String);
            if (c == '\\') Escape(quote);
        }
    }

    /// <summary>Lone surrogates and the replacement character show that the text was no UTF-8.</summary>
    private char NextInString()
    {
        if (!Rune.TryGetRuneAt(text, _at, out Rune rune) || rune == Rune.ReplacementChar) Fail("invalid UTF-8 rune");
        char c = text[_at];
        _at += rune.Utf16SequenceLength;
        return c;
    }

    private void Escape(char quote)
    {
        if (AtEnd) Fail("escape sequence not terminated");
        char kind = text[_at++];
        if (kind == quote || "abfnrtv\\".Contains(kind, StringComparison.Ordinal)) return;
        switch (kind)
        {
            case >= '0' and <= '7':
                _at--;
                CodePoint(digits: 3, radix: 8, max: 255);
                break;
            case 'x': CodePoint(digits: 2, radix: 16, max: 255); break;
            case 'u': CodePoint(digits: 4, radix: 16, max: 0x10FFFF); break;
            case 'U': CodePoint(digits: 8, radix: 16, max: 0x10FFFF); break;
            default:
                _at--;
                Fail($"unknown escape sequence {UnicodeName()}");
                break;
        }
    }

    private void CodePoint(int digits, int radix, uint max)
    {
        uint value = 0;
        for (int i = 0; i < digits; i++, _at++)
        {
            if (AtEnd) Fail("escape sequence not terminated");
            int digit = char.IsAsciiHexDigit(Peek) ? Convert.ToInt32(Peek.ToString(), 16) : radix;
            if (digit >= radix) Fail($"illegal character {UnicodeName()} in escape sequence");
            value = (value * (uint)radix) + (uint)digit;
        }
        if (value > max || value is >= 0xD800 and < 0xE000) Fail("escape sequence is an invalid Unicode code point");
    }

    /// <summary>The next character as Go's verb <c>%#U</c>.</summary>
    private string UnicodeName()
    {
        Rune rune = Rune.TryGetRuneAt(text, _at, out Rune found) ? found : Rune.ReplacementChar;
        return string.Create(CultureInfo.InvariantCulture, $"U+{rune.Value:X4} '{rune}'");
    }
}
