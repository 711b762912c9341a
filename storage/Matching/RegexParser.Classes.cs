using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace Streamline.Storage.Matching;

internal sealed partial class RegexParser
{
    // At most all names of one or two letters, of which most are refused.
    private static readonly ConcurrentDictionary<string, RuneSet> Categories = new(StringComparer.Ordinal);

    private static readonly Dictionary<string, string> PosixRanges = new()
    {
        ["alnum"] = "09AZaz",
        ["alpha"] = "AZaz",
        ["ascii"] = "\0\x7f",
        ["blank"] = "\t\t  ",
        ["cntrl"] = "\0\x1f\x7f\x7f",
        ["digit"] = "09",
        ["graph"] = "!~",
        ["lower"] = "az",
        ["print"] = " ~",
        ["punct"] = "!/:@[`{~",
        ["space"] = "\t\r  ",
        ["upper"] = "AZ",
        ["word"] = "09AZaz__",
        ["xdigit"] = "09AFaf",
    };

    /// <summary>Behind a backslash, outside of classes; null for an empty quotation.</summary>
    private RegexNode? ParseEscape()
    {
        int start = _at - 1;
        switch (Peek())
        {
            case 'A':
                _at++;
                return new RegexNode.Anchor(AnchorKind.TextStart);
            case 'z':
                _at++;
                return new RegexNode.Anchor(AnchorKind.TextEnd);
            case 'b':
                _at++;
                return new RegexNode.Anchor(AnchorKind.WordBoundary);
            case 'B':
                _at++;
                return new RegexNode.Anchor(AnchorKind.NotWordBoundary);
            case 'Q':
                _at++;
                return ParseQuotation();
            default:
                return TryPerlClass(out var set) ? new RegexNode.Class(set) : LiteralOf(ParseEscapedRune(start));
        }
    }

    private RegexNode.Sequence? ParseQuotation()
    {
        var items = new List<RegexNode>();
        while (Peek() != End)
        {
            if (Peek() == '\\' && Peek(1) == 'E')
            {
                _at += 2;
                break;
            }
            items.Add(LiteralOf(_runes[_at++]));
        }
        if (items.Count == 0) return null;
        // A repetition binds to the last character only, so that one is left for the caller.
        if (items.Count == 1 || !IsRepeat(out _, out _, out _)) return new RegexNode.Sequence(items);
        items[^1] = ParseRepeats(items[^1], _at);
        return new RegexNode.Sequence(items);
    }

    private bool TryPerlClass(out RuneSet set)
    {
        set = null!;
        int kind = Peek();
        if (kind is 'p' or 'P')
        {
            set = ParseCategory();
            return true;
        }
        string? ranges = kind switch { 'd' or 'D' => "09", 'w' or 'W' => "09AZaz__", 's' or 'S' => "\t\n\f\r  ", _ => null };
        if (ranges is null) return false;
        _at++;
        set = Ranges(ranges);
        set = Folded(set);
        if (kind is 'D' or 'W' or 'S') set = set.Negated();
        return true;
    }

    // Go folds each part before it is negated, not the class as a whole.
    private RuneSet Folded(RuneSet set) => _flags.HasFlag(Flags.FoldCase) ? CaseFolding.Fold(set) : set;

    private static RuneSet Ranges(string pairs)
    {
        var set = new RuneSet();
        for (int i = 0; i < pairs.Length; i += 2) set.Add(pairs[i], pairs[i + 1]);
        return set;
    }

    /// <summary><c>\pL</c>, <c>\p{Lu}</c>, <c>\P{^N}</c>, <c>\p{Greek}</c>: general categories and scripts.</summary>
    private RuneSet ParseCategory()
    {
        int start = _at - 1;
        bool negate = _runes[_at++] == 'P';
        string name;
        if (Take('{'))
        {
            int from = _at;
            while (Peek() is not ('}' or End)) _at++;
            name = Text(from);
            if (!Take('}')) throw Error("invalid character class range", Text(start));
        }
        else
        {
            if (Peek() == End) throw Error("invalid character class range", Text(start));
            name = new Rune(_runes[_at++]).ToString();
        }
        if (name.StartsWith('^')) (negate, name) = (!negate, name[1..]);
        var set = name == "Any" ? RuneSet.Any() : Category(name, start);
        set = Folded(set);
        return negate ? set.Negated() : set;
    }

    private RuneSet Category(string name, int start)
    {
        if (name.Length is 0 or > 2)
        {
            if (UnicodeScripts.TryFind(name, out RuneSet script)) return script;
            throw Error("invalid character class range", Text(start));
        }
        if (!name.All(char.IsAsciiLetter)) throw Error("invalid character class range", Text(start));
        var known = Categories.GetOrAdd(name, CategoryNamed);
        return known.Ranges.Count > 0 ? new RuneSet().Add(known) : throw Error("invalid character class range", Text(start));
    }

    // Looking at every code point takes 10 ms, so each category is found once.
    private static RuneSet CategoryNamed(string name)
    {
        var set = new RuneSet();
        int first = End;
        for (int rune = 0; rune <= RuneSet.MaxRune + 1; rune++)
        {
            bool member = rune <= RuneSet.MaxRune && CategoryName(CharUnicodeInfo.GetUnicodeCategory(rune)).StartsWith(name, StringComparison.Ordinal);
            if (member && first == End) first = rune;
            if (member || first == End) continue;
            set.Add(first, rune - 1);
            first = End;
        }
        _ = set.Ranges;
        return set;
    }

    private static string CategoryName(UnicodeCategory category) => category switch
    {
        UnicodeCategory.UppercaseLetter => "Lu",
        UnicodeCategory.LowercaseLetter => "Ll",
        UnicodeCategory.TitlecaseLetter => "Lt",
        UnicodeCategory.ModifierLetter => "Lm",
        UnicodeCategory.OtherLetter => "Lo",
        UnicodeCategory.NonSpacingMark => "Mn",
        UnicodeCategory.SpacingCombiningMark => "Mc",
        UnicodeCategory.EnclosingMark => "Me",
        UnicodeCategory.DecimalDigitNumber => "Nd",
        UnicodeCategory.LetterNumber => "Nl",
        UnicodeCategory.OtherNumber => "No",
        UnicodeCategory.SpaceSeparator => "Zs",
        UnicodeCategory.LineSeparator => "Zl",
        UnicodeCategory.ParagraphSeparator => "Zp",
        UnicodeCategory.Control => "Cc",
        UnicodeCategory.Format => "Cf",
        UnicodeCategory.Surrogate => "Cs",
        UnicodeCategory.PrivateUse => "Co",
        UnicodeCategory.ConnectorPunctuation => "Pc",
        UnicodeCategory.DashPunctuation => "Pd",
        UnicodeCategory.OpenPunctuation => "Ps",
        UnicodeCategory.ClosePunctuation => "Pe",
        UnicodeCategory.InitialQuotePunctuation => "Pi",
        UnicodeCategory.FinalQuotePunctuation => "Pf",
        UnicodeCategory.OtherPunctuation => "Po",
        UnicodeCategory.MathSymbol => "Sm",
        UnicodeCategory.CurrencySymbol => "Sc",
        UnicodeCategory.ModifierSymbol => "Sk",
        UnicodeCategory.OtherSymbol => "So",
        UnicodeCategory.OtherNotAssigned => "",
        _ => "",
    };

    /// <summary>Behind a backslash, a single code point; inside and outside of classes.</summary>
    private int ParseEscapedRune(int start)
    {
        if (Peek() == End) throw Error("trailing backslash at end of expression", "");
        int rune = _runes[_at++];
        switch (rune)
        {
            // One digit alone would be a back reference; \12 and \0 are octal.
            case >= '1' and <= '7' when Peek() is >= '0' and <= '7':
            case '0':
                rune -= '0';
                for (int i = 0; i < 2 && Peek() is >= '0' and <= '7'; i++) rune = rune * 8 + _runes[_at++] - '0';
                return rune;
            case 'x': return ParseHex(start);
            case 'a': return '\a';
            case 'f': return '\f';
            case 'n': return '\n';
            case 'r': return '\r';
            case 't': return '\t';
            case 'v': return '\v';
            default:
                if (rune < 0x80 && !char.IsAsciiLetterOrDigit((char)rune) && rune != '_') return rune;
                if (rune == '_') return rune;
                throw Error("invalid escape sequence", Text(start));
        }
    }

    private int ParseHex(int start)
    {
        int value = 0, digits = 0;
        if (Take('{'))
        {
            for (; Peek() is var digit && digit < 0x80 && char.IsAsciiHexDigit((char)Math.Max(digit, 0)); digits++, _at++)
            {
                value = value * 16 + Convert.ToInt32(((char)digit).ToString(), 16);
                if (value > RuneSet.MaxRune) throw Error("invalid escape sequence", Text(start));
            }
            if (digits > 0 && Take('}')) return value;
        }
        else
        {
            for (; digits < 2 && Peek() is > 0 and < 0x80 && char.IsAsciiHexDigit((char)Peek()); digits++) value = value * 16 + Convert.ToInt32(((char)_runes[_at++]).ToString(), 16);
            if (digits == 2) return value;
        }
        _at = Math.Min(_at + 1, _runes.Length);
        throw Error("invalid escape sequence", Text(start));
    }

    /// <summary>Behind the opening bracket.</summary>
    private RuneSet ParseClass()
    {
        int start = _at - 1;
        bool negate = Take('^');
        var set = new RuneSet();
        for (bool first = true; first || Peek() != ']'; first = false)
        {
            if (Peek() == End) throw Error("missing closing ]", Text(start));
            ParseClassPart(set, start);
        }
        _at++;
        return negate ? set.Negated() : set;
    }

    private void ParseClassPart(RuneSet set, int start)
    {
        if (Peek() == '[' && Peek(1) == ':' && TryPosix(set)) return;
        if (Peek() == '\\' && Peek(1) is 'd' or 'D' or 'w' or 'W' or 's' or 'S' or 'p' or 'P')
        {
            _at++;
            TryPerlClass(out var part);
            set.Add(part);
            return;
        }
        int place = _at, low = ParseClassRune(start), high = low;
        if (Peek() == '-' && Peek(1) is not (']' or End))
        {
            _at++;
            high = ParseClassRune(start);
            if (high < low) throw Error("invalid character class range", Text(place));
        }
        set.Add(Folded(new RuneSet().Add(low, high)));
    }

    private int ParseClassRune(int start)
    {
        if (Peek() == End) throw Error("missing closing ]", Text(start));
        int at = _at;
        return Take('\\') ? ParseEscapedRune(at) : _runes[_at++];
    }

    private bool TryPosix(RuneSet set)
    {
        int close = -1;
        for (int i = _at + 2; i + 1 < _runes.Length && close < 0; i++)
        {
            if (_runes[i] == ':' && _runes[i + 1] == ']') close = i;
        }
        if (close < 0) return false;
        int start = _at;
        _at += 2;
        bool negate = Take('^');
        string name = string.Concat(_runes[_at..close].Select(r => new Rune(r).ToString()));
        _at = close + 2;
        if (!PosixRanges.TryGetValue(name, out string? ranges)) throw Error("invalid character class range", Text(start));
        var part = Folded(Ranges(ranges));
        set.Add(negate ? part.Negated() : part);
        return true;
    }
}
