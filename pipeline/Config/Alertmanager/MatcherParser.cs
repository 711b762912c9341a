using System.Text;
using Streamline.Storage;

namespace Streamline.Pipeline.Config;

/// <summary>
/// Alertmanager's matchers: <c>name="value"</c>, <c>{a=b, c=~"d|e"}</c>. The UTF-8 grammar first; what only the older grammar reads
/// (unquoted values with special characters, empty ones) falls back to it.
/// </summary>
internal static class MatcherParser
{
    private static readonly System.Buffers.SearchValues<char> Ends = System.Buffers.SearchValues.Create("{}!=~,\\\"'` \t\n\r\f\v");

    /// <summary>The matchers of a string, or null and the reason.</summary>
    public static IReadOnlyList<MatcherConfig>? Parse(string text, out string? failure)
    {
        failure = null;
        try
        {
            return ParseUtf8(text);
        }
        catch (FormatException first)
        {
            try
            {
                return ParseClassic(text);
            }
            catch (FormatException)
            {
                failure = $"bad matcher \"{text}\": {first.Message}";
                return null;
            }
        }
    }

    private static List<MatcherConfig> ParseUtf8(string text)
    {
        int at = 0;
        var found = new List<MatcherConfig>();
        Skip(text, ref at);
        bool inBraces = at < text.Length && text[at] == '{';
        if (inBraces) at++;
        while (true)
        {
            Skip(text, ref at);
            if (at >= text.Length || text[at] == '}') break;
            string name = Token(text, ref at, "a label name");
            Skip(text, ref at);
            var op = Operator(text, ref at);
            Skip(text, ref at);
            found.Add(Make(op, name, Token(text, ref at, "a value")));
            Skip(text, ref at);
            if (at < text.Length && text[at] == ',') at++;
            else if (at < text.Length && text[at] != '}') throw new FormatException($"expected a comma at character {at + 1}");
        }
        bool isClosed = at < text.Length && text[at] == '}';
        if (isClosed) at++;
        Skip(text, ref at);
        if (isClosed != inBraces) throw new FormatException(inBraces ? "the closing brace is missing" : "a closing brace without an opening one");
        if (at < text.Length) throw new FormatException($"unexpected text behind the braces: {text[at..]}");
        if (found.Count == 0 && !inBraces) throw new FormatException("no matcher");
        return found;
    }

    private static string Token(string text, ref int at, string what)
    {
        if (at < text.Length && text[at] == '"') return Quoted(text, ref at);
        int length = at >= text.Length ? 0 : text.AsSpan(at).IndexOfAny(Ends);
        if (length < 0) length = text.Length - at;
        if (length == 0) throw new FormatException($"expected {what} at character {at + 1}");
        string token = text.Substring(at, length);
        at += length;
        return token;
    }

    private static string Quoted(string text, ref int at)
    {
        var value = new StringBuilder();
        for (int i = at + 1; i < text.Length; i++)
        {
            if (text[i] == '"')
            {
                at = i + 1;
                return value.ToString();
            }
            if (text[i] != '\\') value.Append(text[i]);
            else if (++i < text.Length) value.Append(Unescape(text[i]));
        }
        throw new FormatException("the closing quote is missing");
    }

    private static char Unescape(char c) => c switch
    {
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        '\\' or '"' => c,
        _ => throw new FormatException($"unknown escape \\{c}"),
    };

    private static MatchOperator Operator(string text, ref int at)
    {
        string rest = text[at..];
        MatchOperator? op = rest switch
        {
            ['=', '~', ..] => MatchOperator.Regex,
            ['!', '~', ..] => MatchOperator.NotRegex,
            ['!', '=', ..] => MatchOperator.NotEqual,
            ['=', ..] => MatchOperator.Equal,
            _ => null,
        };
        if (op is null) throw new FormatException($"expected one of = != =~ !~ at character {at + 1}");
        at += op == MatchOperator.Equal ? 1 : 2;
        return op.Value;
    }

    /// <summary>The grammar before UTF-8 names: one matcher per comma outside quotes, the value unquoted to its end, empty allowed.</summary>
    private static List<MatcherConfig> ParseClassic(string text)
    {
        string inner = text.Trim();
        if (inner.Length == 0) throw new FormatException("no matcher");
        if (inner.StartsWith('{')) inner = inner[1..];
        if (inner.EndsWith('}')) inner = inner[..^1];
        return [.. SplitOutsideQuotes(inner).Select(ParseClassicMatcher)];
    }

    private static List<string> SplitOutsideQuotes(string text)
    {
        var parts = new List<string>();
        bool inQuotes = false;
        int from = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\') i++;
            else if (text[i] == '"') inQuotes = !inQuotes;
            else if (text[i] == ',' && !inQuotes)
            {
                parts.Add(text[from..i]);
                from = i + 1;
            }
        }
        if (text.AsSpan(from).Trim().Length > 0) parts.Add(text[from..]);
        return parts;
    }

    private static MatcherConfig ParseClassicMatcher(string text)
    {
        string trimmed = text.Trim();
        int end = trimmed.AsSpan().IndexOfAny('=', '!');
        if (end <= 0) throw new FormatException("no operator");
        string name = trimmed[..end].TrimEnd();
        if (!LabelNames.IsLegacyMetric(Encoding.UTF8.GetBytes(name))) throw new FormatException("bad label name");
        var op = Operator(trimmed, ref end);
        string value = trimmed[end..].TrimStart();
        if (value.StartsWith('"') && value.EndsWith('"') && value.Length > 1) value = value[1..^1];
        else if (value.Contains('"')) throw new FormatException("a stray quote");
        return Make(op, name, UnescapeClassic(value));
    }

    /// <summary>A lone backslash stays itself.</summary>
    private static string UnescapeClassic(string value)
    {
        var text = new StringBuilder();
        for (int i = 0; i < value.Length; i++)
        {
            bool isEscape = value[i] == '\\' && i + 1 < value.Length && value[i + 1] is '\\' or '"' or 'n';
            if (isEscape && value[i] == '\\') text.Append(value[++i] == 'n' ? '\n' : value[i]);
            else text.Append(value[i]);
        }
        return text.ToString();
    }

    private static MatcherConfig Make(MatchOperator op, string name, string value)
    {
        if (op is MatchOperator.Regex or MatchOperator.NotRegex) _ = new LabelMatcher(op, name, value);
        return new MatcherConfig(op, name, value);
    }

    private static void Skip(string text, ref int at)
    {
        while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
    }
}
