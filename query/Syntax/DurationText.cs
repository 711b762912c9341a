using System.Globalization;
using System.Text;

namespace Streamline.Query.Syntax;

/// <summary>Durations as Prometheus writes them, <c>1h30m</c>.</summary>
internal static class DurationText
{
    /// <summary>Units from the longest down. Years and weeks are written only when nothing remains: 90d reads better than 12w6d.</summary>
    private static readonly (string Name, long Ms, bool ExactOnly)[] Units =
    [
        ("y", 31_536_000_000, true), ("w", 604_800_000, true), ("d", 86_400_000, false), ("h", 3_600_000, false),
        ("m", 60_000, false), ("s", 1000, false), ("ms", 1, false),
    ];

    /// <summary>Seconds that a 64-bit count of nanoseconds can hold: Prometheus's bound of every duration.</summary>
    public const double MaxSeconds = 9223372036.854775807;

    public static string Format(long ms)
    {
        var text = new StringBuilder();
        Append(text, ms);
        return text.ToString();
    }

    public static void Append(StringBuilder target, long ms)
    {
        if (ms == 0)
        {
            target.Append("0s");
            return;
        }
        if (ms < 0) target.Append('-');
        ulong rest = (ulong)Math.Abs(ms);
        foreach ((string name, long unit, bool exactOnly) in Units)
        {
            ulong count = rest / (ulong)unit;
            if (count == 0 || (exactOnly && rest % (ulong)unit != 0)) continue;
            target.Append(CultureInfo.InvariantCulture, $"{count}{name}");
            rest -= count * (ulong)unit;
        }
    }

    /// <summary>Parses <c>1y2w3d4h5m6s7ms</c>: units in this order, each at most once. The failure is worded as Prometheus words it.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out long ms, out string failure)
    {
        ms = 0;
        failure = text.IsEmpty ? "empty duration string" : "";
        if (text is "0") return true;
        int used = -1;
        for (ReadOnlySpan<char> rest = text; !rest.IsEmpty && failure.Length == 0;)
        {
            int digits = Count(rest, digits: true);
            int letters = Count(rest[digits..], digits: false);
            ReadOnlySpan<char> unitName = rest.Slice(digits, letters);
            int unit = 0;
            while (unit < Units.Length && !unitName.SequenceEqual(Units[unit].Name)) unit++;
            if (digits == 0 || letters == 0) failure = Invalid(text);
            else if (unit == Units.Length) failure = $"unknown unit {GoStrings.Quote(unitName)} in duration {GoStrings.Quote(text)}";
            else if (unit <= used) failure = Invalid(text);
            else if (!TryAdd(rest[..digits], Units[unit].Ms, ref ms)) failure = "duration out of range";
            used = unit;
            rest = rest[(digits + letters)..];
        }
        return failure.Length == 0;
    }

    private static string Invalid(ReadOnlySpan<char> text) => $"not a valid duration string: {GoStrings.Quote(text)}";

    private static int Count(ReadOnlySpan<char> text, bool digits)
    {
        int count = 0;
        while (count < text.Length && char.IsAsciiDigit(text[count]) == digits) count++;
        return count;
    }

    private static bool TryAdd(ReadOnlySpan<char> digits, long unitMs, ref long ms)
    {
        if (!long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long count)) return false;
        Int128 sum = ms + ((Int128)count * unitMs);
        if (sum > (Int128)(MaxSeconds * 1000)) return false;
        ms = (long)sum;
        return true;
    }
}
