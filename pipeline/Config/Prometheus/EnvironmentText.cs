using System.Text;

namespace Streamline.Pipeline.Config;

/// <summary>
/// Environment variables in the text of external labels, as Go's os.Expand finds them: <c>$NAME</c>, <c>${NAME}</c> and <c>$5</c>; <c>$$</c> is a dollar. A dollar before
/// anything else stays; braces that name nothing vanish.
/// </summary>
internal static class EnvironmentText
{
    private const string OneLetterNames = "*#$@!?-0123456789";

    public static string Expand(string text, Func<string, string> valueOf)
    {
        if (!text.Contains('$')) return text;
        var expanded = new StringBuilder();
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '$' || i + 1 == text.Length)
            {
                expanded.Append(text[i]);
                continue;
            }
            var (name, length) = NameAt(text.AsSpan(i + 1));
            if (name == "$") expanded.Append('$');
            else if (name.Length > 0) expanded.Append(valueOf(name));
            else if (length == 0) expanded.Append('$');
            i += length;
        }
        return expanded.ToString();
    }

    /// <summary>The name behind a dollar and how long it is with its braces; braces around nothing, or that stay open, have a length but no name.</summary>
    private static (string Name, int Length) NameAt(ReadOnlySpan<char> rest)
    {
        if (rest[0] == '{')
        {
            if (rest is [_, var letter, '}', ..] && OneLetterNames.Contains(letter)) return (letter.ToString(), 3);
            int end = rest.IndexOf('}');
            return end < 0 ? ("", 1) : (rest[1..end].ToString(), end + 1);
        }
        if (OneLetterNames.Contains(rest[0])) return (rest[0].ToString(), 1);
        int length = 0;
        while (length < rest.Length && (char.IsAsciiLetterOrDigit(rest[length]) || rest[length] == '_')) length++;
        return (rest[..length].ToString(), length);
    }
}
