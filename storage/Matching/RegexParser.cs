using System.Text;

namespace Streamline.Storage.Matching;

/// <summary>
/// Parses RE2's syntax as Go accepts it under Prometheus's flags: Perl classes, dot matches newline (github.com/google/re2/wiki/Syntax). What Go refuses is
/// refused with Go's words.
/// </summary>
internal sealed partial class RegexParser
{
    // Go's limits, regexp/syntax: a higher count or deeper nesting is an error there too.
    private const int MaxRepeat = 1000, MaxDepth = 1000;
    private const int End = -1;

    private static readonly RegexNode.Literal[] AsciiLiterals = [.. Enumerable.Range(0, 0x80).Select(rune => new RegexNode.Literal(rune))];

    private readonly string _pattern;
    private readonly int[] _runes;
    private readonly HashSet<string> _names = [];

    // Names of the groups, null for those without; null when captures are not wanted.
    private readonly List<string?>? _groups;
    private string? _name;
    private int _at;
    private int _depth;
    private Flags _flags = Flags.DotNewline;

    private RegexParser(string pattern, List<string?>? groups)
    {
        (_pattern, _groups) = (pattern, groups);
        int[] runes = new int[pattern.Length];
        int count = 0;
        foreach (Rune rune in pattern.EnumerateRunes()) runes[count++] = rune.Value;
        _runes = runes[..count];
    }

    [System.Flags]
    private enum Flags
    {
        None = 0,
        FoldCase = 1,
        MultiLine = 2,
        DotNewline = 4,
        Lazy = 8,
    }

    /// <exception cref="FormatException">Not an expression; the message says why, in Go's words.</exception>
    public static RegexNode Parse(string pattern) => Parse(pattern, groups: null);

    /// <summary>With captures, and with the preference of each repetition; <paramref name="groups"/> gets the groups' names, null for one without.</summary>
    /// <exception cref="FormatException">Not an expression.</exception>
    public static RegexNode ParseCaptures(string pattern, List<string?> groups) => Parse(pattern, groups);

    private static RegexNode Parse(string pattern, List<string?>? groups)
    {
        var parser = new RegexParser(pattern, groups);
        var node = parser.ParseChoice();
        return parser._at == parser._runes.Length ? node : throw Error("unexpected )", pattern);
    }

    private int Peek(int ahead = 0) => _at + ahead < _runes.Length ? _runes[_at + ahead] : End;

    private bool Take(int rune)
    {
        if (Peek() != rune) return false;
        _at++;
        return true;
    }

    private string Text(int start) => string.Concat(_runes[start.._at].Select(r => new Rune(r).ToString()));

    private static FormatException Error(string reason, string part) => new($"error parsing regexp: {reason}: `{part}`");

    private RegexNode ParseChoice()
    {
        if (++_depth > MaxDepth) throw Error("expression nests too deeply", _pattern);
        var flags = _flags;
        var items = new List<RegexNode> { ParseSequence() };
        while (Take('|')) items.Add(ParseSequence());
        _flags = flags;
        _depth--;
        return items.Count == 1 ? items[0] : new RegexNode.Choice(items);
    }

    private RegexNode ParseSequence()
    {
        var items = new List<RegexNode>();
        while (Peek() is not (End or '|' or ')'))
        {
            int start = _at;
            var item = ParseItem();
            if (item is not null) Add(items, ParseRepeats(item, start));
            else if (IsRepeat(out _, out _, out _)) throw Error("missing argument to repetition operator", new Rune(Peek()).ToString());
        }
        return items.Count == 1 ? items[0] : new RegexNode.Sequence(items);
    }

    // A group without a choice is part of its surroundings, which keeps fixed texts in one piece.
    private static void Add(List<RegexNode> items, RegexNode item)
    {
        if (item is RegexNode.Sequence inner) items.AddRange(inner.Items);
        else items.Add(item);
    }

    /// <summary>One item without its repetition; null for what only changes flags or quotes nothing.</summary>
    private RegexNode? ParseItem()
    {
        int rune = _runes[_at++];
        switch (rune)
        {
            case '(': return ParseGroup();
            case '[': return new RegexNode.Class(ParseClass());
            case '.': return new RegexNode.Class(_flags.HasFlag(Flags.DotNewline) ? RuneSet.Any() : new RuneSet().Add('\n', '\n').Negated());
            case '^': return new RegexNode.Anchor(_flags.HasFlag(Flags.MultiLine) ? AnchorKind.LineStart : AnchorKind.TextStart);
            case '$': return new RegexNode.Anchor(_flags.HasFlag(Flags.MultiLine) ? AnchorKind.LineEnd : AnchorKind.TextEnd);
            case '\\': return ParseEscape();
            case '*' or '+' or '?': throw Error("missing argument to repetition operator", new Rune(rune).ToString());
            case '{':
                _at--;
                if (IsRepeat(out _, out _, out _)) throw Error("missing argument to repetition operator", "{");
                _at++;
                return LiteralOf(rune);
            default: return LiteralOf(rune);
        }
    }

    private RegexNode LiteralOf(int rune)
    {
        if (!_flags.HasFlag(Flags.FoldCase)) return rune < AsciiLiterals.Length ? AsciiLiterals[rune] : new RegexNode.Literal(rune);
        var set = CaseFolding.Fold(new RuneSet().Add(rune, rune));
        return set.CountUpTo(1) == 1 ? new RegexNode.Literal(rune) : new RegexNode.Class(set);
    }

    private RegexNode ParseRepeats(RegexNode item, int start)
    {
        bool repeated = false;
        while (IsRepeat(out int min, out int max, out int length))
        {
            if (repeated)
            {
                int from = _at - 1;
                _at += length;
                throw Error("invalid nested repetition operator", Text(from));
            }
            _at += length;
            if (min > MaxRepeat || max > MaxRepeat || (max >= 0 && max < min)) throw Error("invalid repeat count", Text(_at - length));
            bool isLazy = Take('?') != _flags.HasFlag(Flags.Lazy);
            repeated = true;
            item = new RegexNode.Repeat(item, min, max, isLazy && _groups is not null);
            if (CountOf(item) > MaxRepeat) throw Error("invalid repeat count", Text(start));
        }
        return item;
    }

    // Nested counts multiply: (a{100}){100} is 10,000 copies, more than Go allows.
    private static int CountOf(RegexNode node) => node switch
    {
        RegexNode.Repeat { Item: var item, Min: var min, Max: var max } => Math.Min(MaxRepeat + 1, Math.Max(1, Math.Max(min, max)) * CountOf(item)),
        RegexNode.Sequence { Items: { Count: > 0 } items } => items.Max(CountOf),
        RegexNode.Choice { Items: var items } => items.Max(CountOf),
        RegexNode.Capture { Item: var item } => CountOf(item),
        _ => 1,
    };

    private bool IsRepeat(out int min, out int max, out int length)
    {
        (min, max, length) = Peek() switch { '*' => (0, -1, 1), '+' => (1, -1, 1), '?' => (0, 1, 1), _ => (0, 0, 0) };
        if (length > 0) return true;
        if (Peek() != '{') return false;
        int at = 1;
        if (!Number(ref at, out min)) return false;
        max = min;
        if (Peek(at) == ',')
        {
            at++;
            if (!Number(ref at, out max)) max = -1;
        }
        length = at + 1;
        return Peek(at) == '}';
    }

    private bool Number(ref int ahead, out int number)
    {
        number = 0;
        int start = ahead;
        for (; Peek(ahead) is >= '0' and <= '9'; ahead++) number = Math.Min(number * 10 + Peek(ahead) - '0', 1_000_000);
        return ahead > start && (ahead == start + 1 || Peek(start) != '0');
    }

    private RegexNode? ParseGroup()
    {
        int start = _at - 1;
        var outer = _flags;
        bool isCapture = true;
        if (Take('?') && !ParseGroupHead(start, out isCapture)) return null;
        int index = isCapture && _groups is not null ? Open() : 0;
        var node = ParseChoice();
        if (!Take(')')) throw Error("missing closing )", _pattern);
        _flags = outer;
        return index == 0 ? node : new RegexNode.Capture(node, index);
    }

    // Groups count by their opening parenthesis.
    private int Open()
    {
        _groups!.Add(_name);
        _name = null;
        return _groups.Count;
    }

    /// <summary>Reads what follows <c>(?</c> up to <c>:</c> or the name's end; false when it was flags alone, <c>(?i)</c>.</summary>
    private bool ParseGroupHead(int start, out bool isCapture)
    {
        isCapture = true;
        if ((Peek() == 'P' && Peek(1) == '<') || (Peek() == '<' && Peek(1) is not ('=' or '!')))
        {
            ParseName(start);
            return true;
        }
        isCapture = false;
        bool on = true, any = false;
        for (; ; )
        {
            int rune = Peek();
            _at = Math.Min(_at + 1, _runes.Length);
            switch (rune)
            {
                case 'i' or 'm' or 's' or 'U':
                    any = true;
                    var flag = rune switch { 'i' => Flags.FoldCase, 'm' => Flags.MultiLine, 's' => Flags.DotNewline, _ => Flags.Lazy };
                    _flags = on ? _flags | flag : _flags & ~flag;
                    break;
                case '-' when on:
                    (on, any) = (false, false);
                    break;
                case ':' when on || any: return true;
                case ')' when on || any: return false;
                case End: throw Error("missing closing )", _pattern);
                default: throw Error("invalid or unsupported Perl syntax", Text(start));
            }
        }
    }

    private void ParseName(int start)
    {
        _at += Peek() == 'P' ? 2 : 1;
        int name = _at;
        while (Peek() is (>= '0' and <= '9') or (>= 'A' and <= 'Z') or (>= 'a' and <= 'z') or '_') _at++;
        string text = Text(name);
        if (!Take('>') || text.Length == 0 || !_names.Add(text)) throw Error("invalid named capture", Text(start));
        _name = text;
    }
}
