using System.Globalization;
using System.Text;

namespace Streamline.Pipeline.Templates;

/// <summary>Prints times and durations as Go's String methods do.</summary>
internal static class GoTime
{
    private const double MaxUnixSeconds = long.MaxValue / 1e9; // Prometheus goes through int64 nanoseconds

    /// <summary>Unix seconds as a time in whole milliseconds; null for NaN and infinities, an error beyond what nanoseconds can say.</summary>
    public static TemplateTime? FromUnix(double seconds)
    {
        if (!double.IsFinite(seconds)) return null;
        if (Math.Abs(seconds) > MaxUnixSeconds) throw new TemplateException($"{GoFloat.Format(seconds, 'g', -1)} cannot be represented as a nanoseconds timestamp since it overflows int64");
        long milliseconds = (long)(seconds * 1e9) / 1_000_000;
        long whole = Math.DivRem(milliseconds, 1000, out long rest);
        return rest < 0 ? new TemplateTime(whole - 1, (int)(rest + 1000) * 1_000_000) : new TemplateTime(whole, (int)rest * 1_000_000);
    }

    public static string Text(TemplateTime time)
    {
        var text = new StringBuilder(DateTimeOffset.FromUnixTimeSeconds(time.UnixSeconds).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture));
        if (time.Nanoseconds > 0) text.Append('.').Append(time.Nanoseconds.ToString("000000000", CultureInfo.InvariantCulture).TrimEnd('0'));
        return text.Append(" +0000 UTC").ToString();
    }

    public static string Text(TemplateDuration duration)
    {
        long nanoseconds = duration.Nanoseconds;
        if (nanoseconds == 0) return "0s";
        string sign = nanoseconds < 0 ? "-" : "";
        decimal left = Math.Abs((decimal)nanoseconds);
        if (left < 1_000) return $"{sign}{Trim(left)}ns";
        if (left < 1_000_000) return $"{sign}{Trim(left / 1_000)}µs";
        if (left < 1_000_000_000) return $"{sign}{Trim(left / 1_000_000)}ms";
        decimal seconds = left / 1_000_000_000;
        long minutes = (long)(seconds / 60);
        string rest = Trim(seconds % 60) + "s";
        if (minutes == 0) return sign + rest;
        return minutes < 60
            ? string.Create(CultureInfo.InvariantCulture, $"{sign}{minutes}m{rest}")
            : string.Create(CultureInfo.InvariantCulture, $"{sign}{minutes / 60}h{minutes % 60}m{rest}");
    }

    private static string Trim(decimal value) => value.ToString("0.#########", CultureInfo.InvariantCulture);
}
