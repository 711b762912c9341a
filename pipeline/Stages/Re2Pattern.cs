using System.Text.RegularExpressions;

namespace Streamline.Pipeline.Stages;

/// <summary>
/// A user's regular expression with captures: RE2's syntax, anchored at both ends, dot matches newline. It is translated for .NET's non-backtracking
/// engine; what that engine refuses for its size runs on the backtracking one under a time limit. Relabelling runs once per new series, so speed is second here.
/// </summary>
internal sealed class Re2Pattern
{
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(200);
    private readonly Regex _regex;
    private readonly Dictionary<string, int> _groups;

    /// <exception cref="FormatException">The pattern is not RE2; the message names the reason.</exception>
    public Re2Pattern(string pattern)
    {
        Source = pattern;
        string translated = @"\A(?s:" + Re2Translator.Translate(pattern, out _groups) + @")\z";
        try
        {
            _regex = Build(translated);
        }
        catch (ArgumentException error)
        {
            throw new FormatException($"invalid regular expression \"{pattern}\": {error.Message}", error);
        }
    }

    /// <summary>As written.</summary>
    public string Source { get; }

    public bool IsMatch(string text)
    {
        try
        {
            return _regex.IsMatch(text);
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }

    /// <summary>The match, or null.</summary>
    public Match? Find(string text)
    {
        try
        {
            var match = _regex.Match(text);
            return match.Success ? match : null;
        }
        catch (RegexMatchTimeoutException)
        {
            return null;
        }
    }

    /// <summary>Fills <c>$1</c>, <c>${1}</c>, <c>$name</c>, <c>${name}</c> and <c>$$</c> as Go's Regexp.Expand: the longest name wins, unknown ones are empty.</summary>
    public string Expand(string template, Match match)
    {
        if (!template.Contains('$')) return template;
        var text = new System.Text.StringBuilder();
        int at = 0;
        while (at < template.Length)
        {
            if (template[at] != '$')
            {
                text.Append(template[at++]);
                continue;
            }
            at += AppendReference(text, template.AsSpan(at), match);
        }
        return text.ToString();
    }

    // Returns the characters used; a dollar that begins no reference is itself.
    private int AppendReference(System.Text.StringBuilder text, ReadOnlySpan<char> rest, Match match)
    {
        if (rest.StartsWith("$$"))
        {
            text.Append('$');
            return 2;
        }
        bool braced = rest.Length > 1 && rest[1] == '{';
        int start = braced ? 2 : 1, end = start;
        while (end < rest.Length && (char.IsLetterOrDigit(rest[end]) || rest[end] == '_')) end++;
        if (end == start || (braced && (end == rest.Length || rest[end] != '}')))
        {
            text.Append('$');
            return 1;
        }
        text.Append(GroupValue(rest[start..end], match));
        return braced ? end + 1 : end;
    }

    private string GroupValue(ReadOnlySpan<char> name, Match match)
    {
        bool isNumber = int.TryParse(name, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out int number);
        if (!isNumber && !_groups.TryGetValue(name.ToString(), out number)) return "";
        return number < match.Groups.Count ? match.Groups[number].Value : "";
    }

    private static Regex Build(string translated)
    {
        try
        {
            return new Regex(translated, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (NotSupportedException)
        {
            return new Regex(translated, RegexOptions.CultureInvariant, Longest);
        }
    }
}
