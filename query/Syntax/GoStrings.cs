using System.Globalization;
using System.Text;
using Streamline.Storage;

namespace Streamline.Query.Syntax;

/// <summary>Go's string literals.</summary>
internal static class GoStrings
{
    public static string Quote(ReadOnlySpan<char> text)
    {
        var target = new StringBuilder(text.Length + 2);
        LabelNames.AppendQuoted(target, text);
        return target.ToString();
    }

    /// <summary>Go's verb <c>%q</c> of a character; null is the end of the text, which Go shows as the replacement character.</summary>
    public static string QuoteChar(Rune? c)
    {
        if (c is not { } rune) return "'\ufffd'";
        if (rune.Value == '\'') return "'\\''";
        if (rune.Value == '"') return "'\"'";
        string quoted = Quote(rune.ToString());
        return $"'{quoted[1..^1]}'";
    }

    /// <summary>The content of a literal that the lexer has checked. Escapes of bytes that are no UTF-8 give the replacement character.</summary>
    public static string Unquote(ReadOnlySpan<char> literal)
    {
        ReadOnlySpan<char> inner = literal[1..^1];
        if (literal[0] == '`' || !inner.Contains('\\')) return inner.ToString();
        var bytes = new List<byte>(inner.Length);
        for (int at = 0; at < inner.Length;)
        {
            int plain = inner[at..].IndexOf('\\');
            if (plain < 0) plain = inner.Length - at;
            AppendUtf8(bytes, inner.Slice(at, plain));
            at += plain;
            if (at < inner.Length) at += AppendEscape(bytes, inner[at..]);
        }
        return Encoding.UTF8.GetString([.. bytes]);
    }

    /// <summary>Appends what an escape stands for and returns its length.</summary>
    private static int AppendEscape(List<byte> bytes, ReadOnlySpan<char> text)
    {
        char kind = text[1];
        int simple = "abfnrtv\\'\"".IndexOf(kind, StringComparison.Ordinal);
        if (simple >= 0)
        {
            bytes.Add("\a\b\f\n\r\t\v\\'\""u8[simple]);
            return 2;
        }
        switch (kind)
        {
            case 'x':
                bytes.Add(byte.Parse(text.Slice(2, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
                return 4;
            case 'u' or 'U':
                int digits = kind == 'u' ? 4 : 8;
                int value = int.Parse(text.Slice(2, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
                AppendUtf8(bytes, new Rune(value).ToString());
                return 2 + digits;
            default:
                bytes.Add((byte)(((text[1] - '0') * 64) + ((text[2] - '0') * 8) + (text[3] - '0')));
                return 4;
        }
    }

    private static void AppendUtf8(List<byte> bytes, ReadOnlySpan<char> text)
    {
        if (!text.IsEmpty) bytes.AddRange(Encoding.UTF8.GetBytes(text.ToString()));
    }
}
