using System.Globalization;
using System.Text;

namespace Streamline.Pipeline.Templates;

/// <summary>Go's quoting and escaping of strings: <c>%q</c>, <c>html</c>, <c>js</c>, <c>urlquery</c>.</summary>
internal static class GoQuote
{
    public static string Quote(string text)
    {
        var target = new StringBuilder();
        Storage.LabelNames.AppendQuoted(target, text);
        return target.ToString();
    }

    public static string Html(string text)
    {
        var target = new StringBuilder(text.Length);
        foreach (char c in text)
        {
            switch (c)
            {
                case '&': target.Append("&amp;"); break;
                case '<': target.Append("&lt;"); break;
                case '>': target.Append("&gt;"); break;
                case '"': target.Append("&#34;"); break;
                case '\'': target.Append("&#39;"); break;
                case '\0': target.Append('\uFFFD'); break;
                default: target.Append(c); break;
            }
        }
        return target.ToString();
    }

    public static string Js(string text)
    {
        var target = new StringBuilder(text.Length);
        foreach (char c in text)
        {
            switch (c)
            {
                case '\\': target.Append("\\\\"); break;
                case '\'': target.Append("\\'"); break;
                case '"': target.Append("\\\""); break;
                case '<' or '>' or '&' or '=' or < ' ' or '\u2028' or '\u2029':
                    target.Append("\\u").Append(((int)c).ToString("X4", CultureInfo.InvariantCulture));
                    break;
                default: target.Append(c); break;
            }
        }
        return target.ToString();
    }

    /// <summary>Query escaping: letters, digits and <c>-_.~</c> stay, a space is a plus, all else is percent-encoded UTF-8.</summary>
    public static string Query(string text)
    {
        var target = new StringBuilder(text.Length);
        foreach (byte b in Encoding.UTF8.GetBytes(text))
        {
            if (char.IsAsciiLetterOrDigit((char)b) || b is (byte)'-' or (byte)'_' or (byte)'.' or (byte)'~') target.Append((char)b);
            else if (b == ' ') target.Append('+');
            else target.Append('%').Append(b.ToString("X2", CultureInfo.InvariantCulture));
        }
        return target.ToString();
    }
}
