using System.Globalization;
using System.Text;

namespace Streamline.Pipeline.Stages;

/// <summary>
/// Writes an RE2 pattern in .NET's syntax where the two differ: classes and \d \w \s are ASCII, $ is the very end, groups are numbered
/// from the left whether named or not. Refuses what RE2 refuses (look-around, back references) and the rare things not translated yet, by name.
/// </summary>
internal ref struct Re2Translator
{
    private const string Digits = "0-9", Words = "0-9A-Za-z_", Spaces = @"\t\n\f\r ";
    private const string NotDigits = @"\0-/:-\uffff", NotWords = @"\0-/:-@\[-\^`{-\uffff", NotSpaces = @"\0-\x08\x0b\x0e-\x1f!-\uffff";

    // RE2's own bound on repetition counts.
    private const int MaxRepeat = 1000;

    private static readonly System.Buffers.SearchValues<char> RepeatChars = System.Buffers.SearchValues.Create("0123456789,");

    private readonly string _pattern;
    private readonly StringBuilder _target = new();
    private readonly Dictionary<string, int> _groups = [];
    private int _at;
    private int _groupCount;
    private bool _multiline;

    private Re2Translator(string pattern) => _pattern = pattern;

    /// <exception cref="FormatException">Not RE2, or not translated yet.</exception>
    public static string Translate(string pattern, out Dictionary<string, int> groups)
    {
        var translator = new Re2Translator(pattern);
        translator.Run();
        groups = translator._groups;
        return translator._target.ToString();
    }

    private void Run()
    {
        while (_at < _pattern.Length)
        {
            char c = _pattern[_at];
            switch (c)
            {
                case '\\': Escape(inClass: false); break;
                case '[': Class(); break;
                case '(': Group(); break;
                case '{': Repeat(); break;
                case '$': Take(_multiline ? @"(?=\n|\z)" : @"\z"); break;
                default: Take(c.ToString()); break;
            }
        }
    }

    private void Take(string text, int used = 1)
    {
        _target.Append(text);
        _at += used;
    }

    private readonly FormatException Fault(string reason) => new($"invalid regular expression \"{_pattern}\": {reason}");

    private void Escape(bool inClass)
    {
        if (_at + 1 >= _pattern.Length) throw Fault("trailing backslash");
        char c = _pattern[_at + 1];
        switch (c)
        {
            case 'd': Take(inClass ? Digits : $"[{Digits}]", 2); break;
            case 'w': Take(inClass ? Words : $"[{Words}]", 2); break;
            case 's': Take(inClass ? Spaces : $"[{Spaces}]", 2); break;
            case 'D': Take(inClass ? NotDigits : $"[^{Digits}]", 2); break;
            case 'W': Take(inClass ? NotWords : $"[^{Words}]", 2); break;
            case 'S': Take(inClass ? NotSpaces : $"[^{Spaces}]", 2); break;
            case 'A' or 'z' when !inClass: Take(@"\" + c, 2); break;
            case 'b' or 'B' when !inClass: Take(@"\" + c, 2); break;
            case 'a' or 'f' or 't' or 'n' or 'r' or 'v': Take(@"\" + c, 2); break;
            case 'x': Hexadecimal(); break;
            case 'p' or 'P': Category(c); break;
            case 'Q' when !inClass: Quote(); break;
            case >= '1' and <= '9': throw Fault($"invalid escape sequence: \\{c}");
            case '0': Octal(); break;
            case (>= 'a' and <= 'z') or (>= 'A' and <= 'Z'): throw Fault($"invalid escape sequence: \\{c}");
            default: Literal(c, 2); break;
        }
    }

    private void Literal(int codePoint, int used)
    {
        string text = char.ConvertFromUtf32(codePoint);
        if (text.Length == 2) Take(text, used);
        else Take(string.Create(CultureInfo.InvariantCulture, $"\\u{codePoint:x4}"), used);
    }

    private void Octal()
    {
        int value = 0, end = _at + 1;
        while (end < _pattern.Length && end < _at + 4 && _pattern[end] is >= '0' and <= '7') value = value * 8 + (_pattern[end++] - '0');
        Literal(value, end - _at);
    }

    private void Hexadecimal()
    {
        bool braced = _at + 2 < _pattern.Length && _pattern[_at + 2] == '{';
        int start = _at + (braced ? 3 : 2);
        int end = braced ? _pattern.IndexOf('}', start) : start + 2;
        if (end < start || end > _pattern.Length) throw Fault("invalid escape sequence: \\x");
        bool read = int.TryParse(_pattern.AsSpan(start, end - start), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int value);
        if (!read || !Rune.IsValid(value)) throw Fault("invalid escape sequence: \\x");
        Literal(value, (braced ? end + 1 : end) - _at);
    }

    private void Category(char kind)
    {
        int start = _at + 2;
        if (start >= _pattern.Length) throw Fault("invalid character class range");
        int end = _pattern[start] == '{' ? _pattern.IndexOf('}', start) : start;
        if (end < start) throw Fault("invalid character class range");
        string name = _pattern[start] == '{' ? _pattern[(start + 1)..end] : _pattern[start..(start + 1)];
        if (name.Length > 2) throw Fault($"the script class \\p{{{name}}} is not built yet in relabelling");
        Take($"\\{kind}{{{name}}}", end + 1 - _at);
    }

    private void Quote()
    {
        int end = _pattern.IndexOf(@"\E", _at + 2, StringComparison.Ordinal);
        string text = end < 0 ? _pattern[(_at + 2)..] : _pattern[(_at + 2)..end];
        Take(System.Text.RegularExpressions.Regex.Escape(text), (end < 0 ? _pattern.Length : end + 2) - _at);
    }

    private void Group()
    {
        if (!_pattern.AsSpan(_at).StartsWith("(?"))
        {
            _groupCount++;
            Take("(");
            return;
        }
        var rest = _pattern.AsSpan(_at + 2);
        if (rest.StartsWith("P<") || (rest.StartsWith("<") && !rest.StartsWith("<=") && !rest.StartsWith("<!")))
        {
            Named(rest[0] == 'P' ? _at + 4 : _at + 3);
            return;
        }
        int flags = rest.IndexOfAnyExcept("imsU-");
        if (flags < 0 || rest[flags] is not (':' or ')')) throw Fault("invalid or unsupported Perl syntax");
        var written = rest[..flags];
        if (written.Contains('U')) throw Fault("the flag U is not built yet in relabelling");
        int minus = written.IndexOf('-');
        if (written.Contains('m')) _multiline = minus < 0 || written.IndexOf('m') < minus;
        Take($"(?{written}{rest[flags]}", flags + 3);
    }

    // Unnamed for .NET, which would number named groups after the others.
    private void Named(int start)
    {
        int end = _pattern.IndexOf('>', start);
        if (end <= start) throw Fault("invalid named capture");
        string name = _pattern[start..end];
        if (!name.All(c => char.IsLetterOrDigit(c) || c == '_') || !_groups.TryAdd(name, ++_groupCount)) throw Fault("invalid named capture");
        Take("(", end + 1 - _at);
    }

    private void Repeat()
    {
        int end = _pattern.IndexOf('}', _at);
        var inner = end < 0 ? default : _pattern.AsSpan(_at + 1, end - _at - 1);
        if (inner.IsEmpty || !char.IsAsciiDigit(inner[0]) || inner.ContainsAnyExcept(RepeatChars))
        {
            Take(@"\{");
            return;
        }
        foreach (var part in inner.Split(','))
        {
            if (inner[part].Length > 4 || (int.TryParse(inner[part], NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count > MaxRepeat))
                throw Fault("invalid repeat count");
        }
        Take(_pattern[_at..(end + 1)], end + 1 - _at);
    }

    private void Class()
    {
        Take("[");
        if (_at < _pattern.Length && _pattern[_at] == '^') Take("^");
        bool first = true;
        while (_at < _pattern.Length && (_pattern[_at] != ']' || first))
        {
            first = false;
            if (_pattern.AsSpan(_at).StartsWith("[:")) Posix();
            else if (_pattern[_at] == '\\') Escape(inClass: true);
            else if (_pattern[_at] is '[' or ']') Take(@"\" + _pattern[_at]);
            else Take(_pattern[_at].ToString());
        }
        if (_at >= _pattern.Length) throw Fault("missing closing ]");
        Take("]");
    }

    private void Posix()
    {
        int end = _pattern.IndexOf(":]", _at, StringComparison.Ordinal);
        string name = end < 0 ? "" : _pattern[(_at + 2)..end];
        string ranges = name switch
        {
            "alnum" => "0-9A-Za-z",
            "alpha" => "A-Za-z",
            "ascii" => @"\0-\x7f",
            "blank" => @"\t ",
            "cntrl" => @"\0-\x1f\x7f",
            "digit" => Digits,
            "graph" => "!-~",
            "lower" => "a-z",
            "print" => " -~",
            "punct" => @"!-/:-@\[-`{-~",
            "space" => @"\t\n\v\f\r ",
            "upper" => "A-Z",
            "word" => Words,
            "xdigit" => "0-9A-Fa-f",
            _ => throw Fault($"invalid character class range: [:{name}:]"),
        };
        Take(ranges, end + 2 - _at);
    }
}
