using System.Buffers;
using System.Text;

namespace Streamline.Storage;

/// <summary>What may be a name: Prometheus's legacy rules and, since 3.0, any non-empty UTF-8; and Go's quoting of strings.</summary>
public static class LabelNames
{
    /// <summary>Added to a byte that is no UTF-8, it gives the lone surrogate that stands for the byte in a text.</summary>
    public const int InvalidByte = 0xDC00;

    private static readonly SearchValues<byte> LabelBytes = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"u8);
    private static readonly SearchValues<byte> MetricBytes = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_:"u8);

    /// <summary>Matches <c>[a-zA-Z_][a-zA-Z0-9_]*</c>.</summary>
    public static bool IsLegacy(ReadOnlySpan<byte> name) => StartsWell(name) && !name.ContainsAnyExcept(LabelBytes);

    /// <summary>Matches <c>[a-zA-Z_:][a-zA-Z0-9_:]*</c>.</summary>
    public static bool IsLegacyMetric(ReadOnlySpan<byte> name) =>
        !name.IsEmpty && (name[0] == ':' || StartsWell(name)) && !name.ContainsAnyExcept(MetricBytes);

    /// <summary>Non-empty valid UTF-8: a label or metric name under the scheme <c>utf8</c>.</summary>
    public static bool IsUtf8(ReadOnlySpan<byte> name) => !name.IsEmpty && System.Text.Unicode.Utf8.IsValid(name);

    /// <summary>Appends the text in double quotes, escaped as Go's strconv.Quote does for control characters, quotes and backslashes.</summary>
    public static void AppendQuoted(StringBuilder target, ReadOnlySpan<char> text)
    {
        target.Append('"');
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            switch (c)
            {
                case '"': target.Append("\\\""); break;
                case '\\': target.Append("\\\\"); break;
                case '\n': target.Append("\\n"); break;
                case '\r': target.Append("\\r"); break;
                case '\t': target.Append("\\t"); break;
                case '\a': target.Append("\\a"); break;
                case '\b': target.Append("\\b"); break;
                case '\f': target.Append("\\f"); break;
                case '\v': target.Append("\\v"); break;
                case < ' ' or '\x7f': target.Append("\\x").Append(((int)c).ToString("x2", System.Globalization.CultureInfo.InvariantCulture)); break;
                case >= (char)(InvalidByte + 0x80) and <= (char)(InvalidByte + 0xff) when IsLone(text, i):
                    target.Append("\\x").Append((c - InvalidByte).ToString("x2", System.Globalization.CultureInfo.InvariantCulture));
                    break;
                default: target.Append(c); break;
            }
        }
        target.Append('"');
    }

    /// <summary>Whether a text has bytes that are no UTF-8, as lone surrogates behind <see cref="InvalidByte"/>.</summary>
    public static bool HasInvalidBytes(ReadOnlySpan<char> text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (char.IsLowSurrogate(text[i]) && IsLone(text, i)) return true;
        }
        return false;
    }

    private static bool IsLone(ReadOnlySpan<char> text, int at) => at == 0 || !char.IsHighSurrogate(text[at - 1]);

    private static bool StartsWell(ReadOnlySpan<byte> name) => !name.IsEmpty && name[0] is not (>= (byte)'0' and <= (byte)'9');
}
