using System.Text;
using System.Text.RegularExpressions;

namespace Streamline.Pipeline.Templates;

/// <summary>Go's Regexp.Expand: fills <c>$1</c>, <c>${name}</c> from a match.</summary>
internal static class GoExpand
{
    public static string Expand(string template, Match match)
    {
        var target = new StringBuilder();
        int at = 0;
        while (at < template.Length)
        {
            char c = template[at];
            if (c != '$' || at + 1 >= template.Length)
            {
                target.Append(c);
                at++;
                continue;
            }
            if (template[at + 1] == '$')
            {
                target.Append('$');
                at += 2;
                continue;
            }
            bool braced = template[at + 1] == '{';
            int start = at + (braced ? 2 : 1), end = start;
            while (end < template.Length && (char.IsLetterOrDigit(template[end]) || template[end] == '_')) end++;
            if (end == start || (braced && (end >= template.Length || template[end] != '}')))
            {
                target.Append('$');
                at++;
                continue;
            }
            target.Append(match.Groups[template[start..end]].Value);
            at = braced ? end + 1 : end;
        }
        return target.ToString();
    }
}
