using System.Globalization;

namespace Streamline.Pipeline.Templates;

/// <summary>The humanize family of alert templates: four significant digits with a unit prefix.</summary>
internal static class Humanizer
{
    private static readonly string[] Large = ["k", "M", "G", "T", "P", "E", "Z", "Y"];
    private static readonly string[] Binary = ["ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi"];
    private static readonly string[] Small = ["m", "u", "n", "p", "f", "a", "z", "y"];

    public static string Plain(double value)
    {
        if (value == 0 || !double.IsFinite(value)) return Four(value);
        return Math.Abs(value) >= 1 ? Divided(value, 1000, Large) : Multiplied(value);
    }

    public static string Of1024(double value) =>
        Math.Abs(value) <= 1 || !double.IsFinite(value) ? Four(value) : Divided(value, 1024, Binary);

    public static string Percentage(double ratio) => Four(ratio * 100) + "%";

    public static string Duration(double value)
    {
        if (!double.IsFinite(value)) return Four(value);
        if (value == 0) return "0s";
        if (Math.Abs(value) < 1) return Multiplied(value) + "s";
        string sign = value < 0 ? "-" : "";
        value = Math.Abs(value);
        long whole = value >= long.MaxValue ? long.MaxValue : (long)value;
        var (days, hours, minutes, seconds) = (whole / 86400, whole / 3600 % 24, whole / 60 % 60, whole % 60);
        if (days != 0) return string.Create(CultureInfo.InvariantCulture, $"{sign}{days}d {hours}h {minutes}m {seconds}s");
        if (hours != 0) return string.Create(CultureInfo.InvariantCulture, $"{sign}{hours}h {minutes}m {seconds}s");
        if (minutes != 0) return string.Create(CultureInfo.InvariantCulture, $"{sign}{minutes}m {seconds}s");
        return sign + Four(value) + "s";
    }

    public static string Timestamp(double seconds) => GoTime.FromUnix(seconds) is { } time ? GoTime.Text(time) : Four(seconds);

    private static string Four(double value) => GoFloat.Format(value, 'g', 4);

    private static string Divided(double value, double step, string[] prefixes)
    {
        string prefix = "";
        foreach (string next in prefixes)
        {
            if (Math.Abs(value) < step) break;
            (prefix, value) = (next, value / step);
        }
        return Four(value) + prefix;
    }

    private static string Multiplied(double value)
    {
        string prefix = "";
        foreach (string next in Small)
        {
            if (Math.Abs(value) >= 1) break;
            (prefix, value) = (next, value * 1000);
        }
        return Four(value) + prefix;
    }
}
