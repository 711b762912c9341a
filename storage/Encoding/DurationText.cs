using System.Globalization;
using System.Text;

namespace Streamline.Storage;

/// <summary>Prometheus's durations: whole numbers with the units y w d h m s ms, biggest first, each at most once (model.ParseDuration).</summary>
public static class DurationText
{
    /// <summary>Seconds that a 64-bit count of nanoseconds can hold: Prometheus's bound of every duration.</summary>
    public const double MaxSeconds = 9223372036.854775807;

    // Years and weeks are written only when nothing remains: 90d reads better than 12w6d.
    private static readonly (string Name, long Ms, bool ExactOnly)[] Units =
    [
        ("y", 31_536_000_000, true), ("w", 604_800_000, true), ("d", 86_400_000, false), ("h", 3_600_000, false),
        ("m", 60_000, false), ("s", 1000, false), ("ms", 1, false),
    ];

    /// <summary>Reads a duration such as <c>1h30m</c> or <c>0</c> into milliseconds; false when it is none or too long.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out long milliseconds) => TryParse(text, out milliseconds, out _);

    /// <summary>The same, with the failure in Prometheus's words.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out long milliseconds, out string failure)
    {
        milliseconds = 0;
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
            else if (unit == Units.Length) failure = UnknownUnit(unitName, text);
            else if (unit <= used) failure = Invalid(text);
            else if (!TryAdd(rest[..digits], Units[unit].Ms, ref milliseconds)) failure = "duration out of range";
            used = unit;
            rest = rest[(digits + letters)..];
        }
        return failure.Length == 0;
    }

    /// <summary>The shortest form, as Prometheus prints it: <c>1h30m</c>, <c>15s</c>, <c>0s</c>.</summary>
    public static string Format(long milliseconds)
    {
        var text = new StringBuilder();
        Append(text, milliseconds);
        return text.ToString();
    }

    /// <summary><see cref="Format"/> behind other text.</summary>
    public static void Append(StringBuilder target, long milliseconds)
    {
        ArgumentNullException.ThrowIfNull(target);
        if (milliseconds == 0)
        {
            target.Append("0s");
            return;
        }
        if (milliseconds < 0) target.Append('-');
        ulong rest = (ulong)Math.Abs(milliseconds);
        foreach ((string name, long unit, bool exactOnly) in Units)
        {
            ulong count = rest / (ulong)unit;
            if (count == 0 || (exactOnly && rest % (ulong)unit != 0)) continue;
            target.Append(CultureInfo.InvariantCulture, $"{count}{name}");
            rest -= count * (ulong)unit;
        }
    }

    private static string Invalid(ReadOnlySpan<char> text)
    {
        var message = new StringBuilder("not a valid duration string: ");
        LabelNames.AppendQuoted(message, text);
        return message.ToString();
    }

    private static string UnknownUnit(ReadOnlySpan<char> unit, ReadOnlySpan<char> text)
    {
        var message = new StringBuilder("unknown unit ");
        LabelNames.AppendQuoted(message, unit);
        message.Append(" in duration ");
        LabelNames.AppendQuoted(message, text);
        return message.ToString();
    }

    private static int Count(ReadOnlySpan<char> text, bool digits)
    {
        int count = 0;
        while (count < text.Length && char.IsAsciiDigit(text[count]) == digits) count++;
        return count;
    }

    private static bool TryAdd(ReadOnlySpan<char> digits, long unitMs, ref long milliseconds)
    {
        if (!long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long count)) return false;
        Int128 sum = milliseconds + ((Int128)count * unitMs);
        if (sum > (Int128)(MaxSeconds * 1000)) return false;
        milliseconds = (long)sum;
        return true;
    }
}
