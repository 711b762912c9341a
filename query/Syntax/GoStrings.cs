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

    /// <summary>
    /// The content of a literal that the lexer has checked. Escaped bytes that are no UTF-8 become lone surrogates from U+DC80 on, so that they can be told and
    /// printed; as UTF-8 each is a replacement character.
    /// </summary>
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
        return Decode([.. bytes]);
    }

    private static string Decode(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        while (!bytes.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(bytes, out Rune rune, out int length) == System.Buffers.OperationStatus.Done) text.Append(rune.ToString());
            else
            {
                length = 1;
                text.Append((char)(LabelNames.InvalidByte + bytes[0]));
            }
            bytes = bytes[length..];
        }
        return text.ToString();
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
