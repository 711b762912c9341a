using System.Globalization;
using System.Text;

namespace Streamline.Pipeline.Templates;

/// <summary>Splits a Go template into tokens: text, and the insides of <c>{{ }}</c> with trim marks and comments already taken out.</summary>
internal sealed class TemplateLexer(string name, string source)
{
    private readonly List<TemplateToken> _tokens = [];
    private int _at;

    public List<TemplateToken> Run()
    {
        bool trimStart = false;
        while (true)
        {
            int open = source.IndexOf("{{", _at, StringComparison.Ordinal);
            string text = open < 0 ? source[_at..] : source[_at..open];
            int textAt = _at;
            if (trimStart) text = text.TrimStart(' ', '\t', '\r', '\n');
            if (open < 0)
            {
                AddText(text, textAt);
                _tokens.Add(new(TemplateTokenKind.EndOfFile, "", source.Length, false));
                return _tokens;
            }
            _at = open + 2;
            if (IsTrimMark(_at))
            {
                text = text.TrimEnd(' ', '\t', '\r', '\n');
                _at += 2;
            }
            AddText(text, textAt);
            trimStart = Action(open);
        }
    }

    /// <summary>Line and column (bytes in Go, characters here; both 1-based line, 0-based column) of an offset.</summary>
    public static (int Line, int Column) Locate(string source, int offset)
    {
        offset = Math.Min(offset, source.Length);
        int line = 1 + source.AsSpan(0, offset).Count('\n');
        return (line, offset - (source.AsSpan(0, offset).LastIndexOf('\n') + 1));
    }

    private void AddText(string text, int offset)
    {
        if (text.Length > 0) _tokens.Add(new(TemplateTokenKind.Text, text, offset, false));
    }

    // A trim mark is a minus with white space on its inner side; without the space it is the sign of a number.
    private bool IsTrimMark(int at) => at + 1 < source.Length && source[at] == '-' && IsSpace(source[at + 1]);

    private bool Action(int open)
    {
        int at = _at;
        while (at < source.Length && IsSpace(source[at])) at++;
        if (source.AsSpan(at).StartsWith("/*")) return Comment(at);
        bool space = false;
        while (true)
        {
            if (_at >= source.Length) throw Error(open, "unclosed action");
            char c = source[_at];
            if (IsSpace(c))
            {
                if (source.AsSpan(_at + 1).StartsWith("-}}"))
                {
                    _at++;
                    return End(3, trim: true);
                }
                _at++;
                space = true;
                continue;
            }
            if (source.AsSpan(_at).StartsWith("}}")) return End(2, trim: false);
            _tokens.Add(Next(c, space));
            space = false;
        }
    }

    private bool End(int length, bool trim)
    {
        _tokens.Add(new(TemplateTokenKind.ActionEnd, "", _at, false));
        _at += length;
        return trim;
    }

    private bool Comment(int at)
    {
        int close = source.IndexOf("*/", at + 2, StringComparison.Ordinal);
        if (close < 0) throw Error(at, "unclosed comment");
        _at = close + 2;
        bool trim = _at < source.Length && IsSpace(source[_at]) && source.AsSpan(_at + 1).StartsWith("-}}");
        if (trim) _at += 2;
        if (trim)
        {
            _at += 2;
            return true;
        }
        if (!source.AsSpan(_at).StartsWith("}}")) throw Error(at, "comment ends before closing delimiter");
        _at += 2;
        return false;
    }

    private TemplateToken Next(char c, bool space)
    {
        int start = _at;
        switch (c)
        {
            case '"': return new(TemplateTokenKind.String, Quoted(), start, space);
            case '`': return new(TemplateTokenKind.String, Raw(), start, space);
            case '\'': return new(TemplateTokenKind.Char, CharConstant(), start, space);
            case '(': return One(TemplateTokenKind.LeftParen, space);
            case ')': return One(TemplateTokenKind.RightParen, space);
            case '|': return One(TemplateTokenKind.Pipe, space);
            case ',': return One(TemplateTokenKind.Comma, space);
            case '=': return One(TemplateTokenKind.Assign, space);
            case ':' when Peek(1) == '=':
                _at += 2;
                return new(TemplateTokenKind.Declare, ":=", start, space);
            case '$':
                _at++;
                return new(TemplateTokenKind.Variable, "$" + Word(), start, space);
            case '.' when IsWordStart(Peek(1)):
                _at++;
                return new(TemplateTokenKind.Field, Word(), start, space);
            case '.' when !char.IsAsciiDigit(Peek(1)): return One(TemplateTokenKind.Dot, space);
            case '+' or '-' or '.' or (>= '0' and <= '9'): return new(TemplateTokenKind.Number, Number(), start, space);
            default:
                if (IsWordStart(c)) return new(TemplateTokenKind.Identifier, Word(), start, space);
                throw Error(start, $"unexpected {(char.IsControl(c) ? "U+" + ((int)c).ToString("X4", CultureInfo.InvariantCulture) : $"\"{c}\"")} in action");
        }
    }

    private TemplateToken One(TemplateTokenKind kind, bool space) => new(kind, source[_at..++_at], _at - 1, space);

    private char Peek(int ahead) => _at + ahead < source.Length ? source[_at + ahead] : '\0';

    private string Word()
    {
        int start = _at;
        while (_at < source.Length && (char.IsLetterOrDigit(source[_at]) || source[_at] == '_')) _at++;
        return source[start.._at];
    }

    private string Number()
    {
        int start = _at++;
        while (_at < source.Length && (char.IsAsciiLetterOrDigit(source[_at]) || source[_at] is '.' or '_' || (source[_at] is '+' or '-' && source[_at - 1] is 'e' or 'E' or 'p' or 'P'))) _at++;
        string text = source[start.._at];
        if (text.Length == 1 && !char.IsAsciiDigit(text[0])) throw Error(start, $"bad number syntax: \"{text}\"");
        return text;
    }

    private string Raw()
    {
        int close = source.IndexOf('`', _at + 1);
        if (close < 0) throw Error(_at, "unterminated raw quoted string");
        string text = source[(_at + 1)..close];
        _at = close + 1;
        return text;
    }

    private string Quoted()
    {
        int start = _at++;
        var text = new StringBuilder();
        while (true)
        {
            if (_at >= source.Length || source[_at] == '\n') throw Error(start, "unterminated quoted string");
            char c = source[_at++];
            if (c == '"') return text.ToString();
            if (c == '\\') Escape(text, start);
            else text.Append(c);
        }
    }

    private string CharConstant()
    {
        int start = _at++;
        var text = new StringBuilder();
        while (true)
        {
            if (_at >= source.Length || source[_at] == '\n') throw Error(start, "unterminated character constant");
            char c = source[_at++];
            if (c == '\'') break;
            if (c == '\\') Escape(text, start);
            else text.Append(c);
        }
        if (text.Length == 0 || new StringInfo(text.ToString()).LengthInTextElements != 1) throw Error(start, "malformed character constant");
        return text.ToString();
    }

    private void Escape(StringBuilder text, int start)
    {
        char c = _at < source.Length ? source[_at++] : '\0';
        switch (c)
        {
            case 'n': text.Append('\n'); break;
            case 't': text.Append('\t'); break;
            case 'r': text.Append('\r'); break;
            case 'a': text.Append('\a'); break;
            case 'b': text.Append('\b'); break;
            case 'f': text.Append('\f'); break;
            case 'v': text.Append('\v'); break;
            case '\\' or '"' or '\'': text.Append(c); break;
            case 'x': text.Append((char)Hex(2, start)); break;
            case 'u': text.Append((char)Hex(4, start)); break;
            case 'U':
                int rune = Hex(8, start);
                if (!Rune.IsValid(rune)) throw Error(start, "invalid syntax in quoted string");
                text.Append(new Rune(rune).ToString());
                break;
            default: throw Error(start, "invalid syntax in quoted string");
        }
    }

    private int Hex(int digits, int start)
    {
        if (_at + digits > source.Length || !int.TryParse(source.AsSpan(_at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int value))
        {
            throw Error(start, "invalid syntax in quoted string");
        }
        _at += digits;
        return value;
    }

    private TemplateException Error(int offset, string message)
    {
        var (line, _) = Locate(source, offset);
        return new TemplateException(string.Create(CultureInfo.InvariantCulture, $"template: {name}:{line}: {message}"));
    }

    private static bool IsSpace(char c) => c is ' ' or '\t' or '\r' or '\n';

    private static bool IsWordStart(char c) => char.IsLetter(c) || c == '_';
}
