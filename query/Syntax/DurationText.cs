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
        failure = "";
        int at = 0;
        int next = 0;
        while (at < text.Length)
        {
            int digits = text[at..].IndexOfAnyExceptInRange('0', '9');
            int unit = digits <= 0 ? -1 : FindUnit(text[(at + digits)..], next);
            if (unit < 0) break;
            if (!TryAdd(text.Slice(at, digits), Units[unit].Ms, ref ms))
            {
                failure = "duration out of range";
                return false;
            }
            at += digits + Units[unit].Name.Length;
            next = unit + 1;
        }
        if (at == text.Length && next > 0) return true;
        failure = text.IsEmpty ? "empty duration string" : $"not a valid duration string: \"{text}\"";
        return false;
    }

    private static int FindUnit(ReadOnlySpan<char> rest, int from)
    {
        int letters = 0;
        while (letters < rest.Length && char.IsAsciiLetter(rest[letters])) letters++;
        for (int i = from; i < Units.Length; i++)
        {
            if (rest[..letters].SequenceEqual(Units[i].Name)) return i;
        }
        return -1;
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
