using System.Buffers;
using System.Text;

namespace Streamline.Storage;

/// <summary>What may be a name: Prometheus's legacy rules and, since 3.0, any non-empty UTF-8; and Go's quoting of strings.</summary>
public static class LabelNames
{
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
        foreach (char c in text)
        {
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
                default: target.Append(c); break;
            }
        }
        target.Append('"');
    }

    private static bool StartsWell(ReadOnlySpan<byte> name) => !name.IsEmpty && name[0] is not (>= (byte)'0' and <= (byte)'9');
}
