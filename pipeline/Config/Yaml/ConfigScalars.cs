using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Streamline.Storage;

namespace Streamline.Pipeline.Config;

/// <summary>Scalars that have a text form of their own: how they are read and printed.</summary>
internal static class ConfigScalars
{
    /// <summary>What a 64-bit count of nanoseconds holds, some 292 years: the bound of every duration in Prometheus.</summary>
    private const long MaxDurationMs = long.MaxValue / 1_000_000;

    private static readonly string[] TrueWords = ["true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON", "y", "Y"];
    private static readonly string[] FalseWords = ["false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF", "n", "N"];

    public static bool TryParseDuration(string text, out TimeSpan value)
    {
        bool isGood = DurationText.TryParse(text, out long milliseconds) && milliseconds <= MaxDurationMs;
        value = isGood ? TimeSpan.FromMilliseconds(milliseconds) : default;
        return isGood;
    }

    public static string FormatDuration(TimeSpan value) => DurationText.Format((long)value.TotalMilliseconds);

    /// <summary>YAML 1.1's words, which Go's library takes where a boolean is wanted.</summary>
    public static bool TryParseBool(string text, out bool value)
    {
        value = TrueWords.Contains(text);
        return value || FalseWords.Contains(text);
    }

    public static bool TryParseInteger(string text, out Int128 value)
    {
        string digits = text.Replace("_", "", StringComparison.Ordinal);
        if (digits is ['0', var mark, ..] && (char.IsAsciiDigit(mark) || mark is 'x' or 'X' or 'o' or 'O' or 'b' or 'B')) return TryParseBased(mark, digits, out value);
        if (Int128.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value)) return true;
        // 1e6 and 3.0 are integers written as floats.
        bool isWhole = double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out double real) && double.IsInteger(real) && Math.Abs(real) < 9e18;
        value = isWhole ? (Int128)real : 0;
        return isWhole;
    }

    // As YAML 1.1 and Go: a zero in front makes it octal.
    private static bool TryParseBased(char mark, string digits, out Int128 value)
    {
        if (mark is 'x' or 'X') return Int128.TryParse(digits.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
        if (mark is 'b' or 'B') return Int128.TryParse(digits.AsSpan(2), NumberStyles.AllowBinarySpecifier, CultureInfo.InvariantCulture, out value);
        value = 0;
        var octal = digits.AsSpan(char.IsAsciiDigit(mark) ? 1 : 2);
        foreach (char c in octal)
        {
            if (c is < '0' or > '7' || value > long.MaxValue) return false;
            value = (value << 3) + (c - '0');
        }
        return !octal.IsEmpty;
    }

    public static bool TryParseNumber(string text, out double value)
    {
        value = text switch
        {
            ".inf" or ".Inf" or ".INF" or "+.inf" or "+.Inf" or "+.INF" => double.PositiveInfinity,
            "-.inf" or "-.Inf" or "-.INF" => double.NegativeInfinity,
            ".nan" or ".NaN" or ".NAN" => double.NaN,
            _ => 0,
        };
        if (value != 0) return true;
        return char.IsAsciiDigit(text.AsSpan().TrimStart("+-.")[..1] is [var c] ? c : ' ')
            && double.TryParse(text.Replace("_", "", StringComparison.Ordinal), NumberStyles.Float, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>A share, <c>60%</c>, or a size.</summary>
    public static bool TryParseMemoryLimit(string text, out MemoryLimit value)
    {
        value = default;
        if (text.EndsWith('%'))
        {
            bool isShare = TryParseNumber(text[..^1], out double percent) && percent is > 0 and <= 100;
            value = new MemoryLimit(percent / 100, 0);
            return isShare;
        }
        bool isSize = ByteSize.TryParse(text, out var size) && size.Bytes > 0;
        value = new MemoryLimit(0, size.Bytes);
        return isSize;
    }

    public static string FormatMemoryLimit(MemoryLimit limit) =>
        limit.Bytes > 0 ? new ByteSize(limit.Bytes).ToString() : (limit.Share * 100).ToString("0.####", CultureInfo.InvariantCulture) + "%";

    /// <summary>HH:MM; 24:00 is the end of a day.</summary>
    public static bool TryParseClock(string text, out ClockTime value)
    {
        value = default;
        if (text is not [var h1, var h2, ':', var m1, var m2] || !(char.IsAsciiDigit(h1) && char.IsAsciiDigit(h2) && char.IsAsciiDigit(m1) && char.IsAsciiDigit(m2))) return false;
        int minutes = ((h1 - '0') * 10 + (h2 - '0')) * 60 + (m1 - '0') * 10 + (m2 - '0');
        value = new ClockTime(minutes);
        return m1 <= '5' && minutes <= 24 * 60;
    }

    public static string FormatClock(ClockTime time) => string.Create(CultureInfo.InvariantCulture, $"{time.Minutes / 60:00}:{time.Minutes % 60:00}");

    /// <summary>Writes a number as YAML and Go do.</summary>
    public static string FormatNumber(double value) => value switch
    {
        double.PositiveInfinity => ".inf",
        double.NegativeInfinity => "-.inf",
        double.NaN => ".nan",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };

    /// <summary>Reads <c>a</c> or <c>a:b</c>, each part by <paramref name="part"/>; null when a part is wrong or the parts are in the wrong order.</summary>
    public static (int First, int Last)? ParseRange(string text, Func<string, int?> part)
    {
        string[] parts = text.Split(':');
        if (parts.Length > 2 || part(parts[0].Trim()) is not { } first) return null;
        if (parts.Length == 1) return (first, first);
        return part(parts[1].Trim()) is { } last && first <= last ? (first, last) : null;
    }

    public static bool IsInteger(string text, [NotNullWhen(true)] out int? value)
    {
        bool isGood = int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number);
        value = isGood ? number : null;
        return isGood;
    }
}
