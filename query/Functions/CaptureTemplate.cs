using System.Text;
using System.Text.RegularExpressions;

namespace Streamline.Query.Functions;

/// <summary>A pattern of <c>label_replace</c>, anchored at both ends, with a replacement in Go's template language (<c>$1</c>, <c>${name}</c>).</summary>
internal sealed class CaptureTemplate
{
    private readonly Regex _pattern;
    private readonly string _replacement;
    private readonly Dictionary<string, int> _groupByName = new(StringComparer.Ordinal);

    /// <summary>Compiles the pattern.</summary>
    /// <exception cref="FormatException">The pattern is invalid.</exception>
    public CaptureTemplate(string pattern, string replacement)
    {
        _replacement = replacement;
        string numbered = NumberGroups(pattern);
        try
        {
            _pattern = new Regex($@"\A(?:{numbered})\z", RegexOptions.NonBacktracking | RegexOptions.Singleline | RegexOptions.CultureInvariant);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw new FormatException(e.Message, e);
        }
    }

    /// <summary>The replacement filled from the text; null when the text does not match.</summary>
    public string? Expand(string text)
    {
        Match match = _pattern.Match(text);
        if (!match.Success) return null;
        var result = new StringBuilder();
        for (int i = 0; i < _replacement.Length;)
        {
            if (_replacement[i] != '$') result.Append(_replacement[i++]);
            else i = Substitute(match, result, i);
        }
        return result.ToString();
    }

    /// <summary>RE2 numbers groups by their left parenthesis; .NET puts named ones last. So names are taken out and kept aside.</summary>
    private string NumberGroups(string pattern)
    {
        var result = new StringBuilder();
        int groups = 0;
        bool inClass = false;
        for (int i = 0; i < pattern.Length; i++)
        {
            char c = pattern[i];
            result.Append(c);
            if (c == '\\' && i + 1 < pattern.Length) result.Append(pattern[++i]);
            else if (inClass) inClass = c != ']';
            else if (c == '[') inClass = true;
            else if (c == '(') i = TakeName(pattern, i, ref groups);
        }
        return result.ToString();
    }

    private int TakeName(string pattern, int at, ref int groups)
    {
        if (at + 1 >= pattern.Length || pattern[at + 1] != '?')
        {
            groups++;
            return at;
        }
        int open = pattern.AsSpan(at).StartsWith("(?P<", StringComparison.Ordinal) ? at + 4 : at + 3;
        if (open == at + 3 && !pattern.AsSpan(at).StartsWith("(?<", StringComparison.Ordinal)) return at;
        int close = pattern.IndexOf('>', open);
        if (close < 0) return at;
        _groupByName[pattern[open..close]] = ++groups;
        return close;
    }

    /// <summary>Handles a dollar sign; gives the position behind it. A name that is no group is empty, a lone dollar stays.</summary>
    private int Substitute(Match match, StringBuilder result, int dollar)
    {
        int at = dollar + 1;
        if (at < _replacement.Length && _replacement[at] == '$')
        {
            result.Append('$');
            return at + 1;
        }
        bool braced = at < _replacement.Length && _replacement[at] == '{';
        int start = braced ? at + 1 : at, end = start;
        while (end < _replacement.Length && (char.IsLetterOrDigit(_replacement[end]) || _replacement[end] == '_')) end++;
        if (end == start || (braced && (end == _replacement.Length || _replacement[end] != '}')))
        {
            result.Append('$');
            return at;
        }
        string name = _replacement[start..end];
        if (!int.TryParse(name, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out int group))
            group = _groupByName.GetValueOrDefault(name, -1);
        if (group >= 0) result.Append(match.Groups[group].Value);
        return braced ? end + 1 : end;
    }
}
