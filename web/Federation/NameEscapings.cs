using System.Globalization;
using System.Text;
using Streamline.Storage;

namespace Streamline.Web.Federation;

/// <summary>Words and work of <see cref="NameEscaping"/>.</summary>
internal static class NameEscapings
{
    public static NameEscaping? Parse(string word) => word switch
    {
        "allow-utf-8" => NameEscaping.AllowUtf8,
        "underscores" => NameEscaping.Underscores,
        "dots" => NameEscaping.Dots,
        "values" => NameEscaping.Values,
        _ => null,
    };

    public static string Word(this NameEscaping escaping) => escaping switch
    {
        NameEscaping.AllowUtf8 => "allow-utf-8",
        NameEscaping.Underscores => "underscores",
        NameEscaping.Dots => "dots",
        NameEscaping.Values => "values",
    };

    public static string Escape(this NameEscaping escaping, string name)
    {
        // Dots alone change legacy names too.
        if (escaping == NameEscaping.AllowUtf8 || escaping != NameEscaping.Dots && LabelNames.IsLegacyMetric(Encoding.UTF8.GetBytes(name))) return name;
        var escaped = new StringBuilder(escaping == NameEscaping.Values ? "U__" : "");
        bool isFirst = true;
        foreach (var rune in name.EnumerateRunes())
        {
            bool isLegacy = rune.IsAscii && (char.IsAsciiLetter((char)rune.Value) || rune.Value is '_' or ':' || !isFirst && char.IsAsciiDigit((char)rune.Value));
            isFirst = false;
            escaped.Append(escaping switch
            {
                NameEscaping.Underscores => isLegacy ? rune.ToString() : "_",
                _ when rune.Value == '_' => "__",
                NameEscaping.Dots when rune.Value == '.' => "_dot_",
                _ when isLegacy => rune.ToString(),
                NameEscaping.Dots => "__",
                _ => $"_{rune.Value.ToString("x", CultureInfo.InvariantCulture)}_",
            });
        }
        return escaped.ToString();
    }
}
