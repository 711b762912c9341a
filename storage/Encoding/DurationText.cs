using System.Text;

namespace Streamline.Storage;

/// <summary>Prometheus's durations: whole numbers with the units y w d h m s ms, biggest first, each at most once (model.ParseDuration).</summary>
public static class DurationText
{
    private static readonly (string Unit, long Ms)[] Units =
    [
        ("y", 365L * 24 * 3600 * 1000), ("w", 7L * 24 * 3600 * 1000), ("d", 24L * 3600 * 1000), ("h", 3600L * 1000), ("m", 60L * 1000), ("s", 1000), ("ms", 1),
    ];

    /// <summary>Reads a duration such as <c>1h30m</c> or <c>0</c> into milliseconds; false when it is none or overflows.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out long milliseconds)
    {
        milliseconds = 0;
        if (text is "0") return true;
        if (text.IsEmpty) return false;
        int next = 0;
        while (!text.IsEmpty)
        {
            int digits = 0;
            long amount = 0;
            for (; digits < text.Length && text[digits] is >= '0' and <= '9'; digits++)
            {
                if (amount > long.MaxValue / 10 - 10) return false;
                amount = amount * 10 + (text[digits] - '0');
            }
            if (digits == 0) return false;
            text = text[digits..];
            int letters = 0;
            while (letters < text.Length && text[letters] is >= 'a' and <= 'z') letters++;
            int unit = IndexOf(text[..letters]);
            if (unit < next) return false;
            next = unit + 1;
            text = text[letters..];
            if (amount > (long.MaxValue - milliseconds) / Units[unit].Ms) return false;
            milliseconds += amount * Units[unit].Ms;
        }
        return true;
    }

    /// <summary>The shortest form, as Prometheus prints it: <c>1h30m</c>, <c>15s</c>, <c>0s</c>; years and weeks only when they divide the whole.</summary>
    public static string Format(long milliseconds)
    {
        if (milliseconds == 0) return "0s";
        var text = new StringBuilder();
        if (milliseconds < 0) text.Append('-');
        long rest = Math.Abs(milliseconds);
        foreach (var (unit, ms) in Units)
        {
            if (unit is "y" or "w" && rest % ms != 0) continue;
            if (rest < ms) continue;
            text.Append(rest / ms).Append(unit);
            rest %= ms;
        }
        return text.ToString();
    }

    private static int IndexOf(ReadOnlySpan<char> unit)
    {
        for (int i = 0; i < Units.Length; i++)
        {
            if (unit.SequenceEqual(Units[i].Unit)) return i;
        }
        return -1;
    }
}
