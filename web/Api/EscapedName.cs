using System.Globalization;
using System.Text;

namespace Streamline.Web.Api;

/// <summary>The <c>U__</c> escaping of UTF-8 names in URLs: <c>_hex_</c> is a code point, <c>__</c> an underscore (common/model, ValueEncodingEscaping).</summary>
internal static class EscapedName
{
    /// <summary>Decodes a name; one that is not well formed comes back as it is.</summary>
    public static string Decode(string name)
    {
        var text = new StringBuilder();
        for (int i = 3; i < name.Length; i++)
        {
            if (name[i] != '_')
            {
                text.Append(name[i]);
                continue;
            }
            if (i + 1 < name.Length && name[i + 1] == '_')
            {
                text.Append('_');
                i++;
                continue;
            }
            int end = name.IndexOf('_', i + 1);
            if (end < 0 || !int.TryParse(name.AsSpan(i + 1, end - i - 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int code) || !Rune.IsValid(code)) return name;
            text.Append(new Rune(code));
            i = end;
        }
        return text.ToString();
    }
}
