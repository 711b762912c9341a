namespace Streamline.Pipeline.Templates;

/// <summary>The methods of Go's time values that take no argument; others are a clear "can't evaluate field".</summary>
internal static class GoMethods
{
    public static object? Of(TemplateDuration duration, string name) => name switch
    {
        "Seconds" => duration.Nanoseconds / 1e9,
        "Minutes" => duration.Nanoseconds / 60e9,
        "Hours" => duration.Nanoseconds / 3600e9,
        "Milliseconds" => duration.Nanoseconds / 1_000_000,
        "String" => GoTime.Text(duration),
        _ => null,
    };

    public static object? Of(TemplateTime time, string name)
    {
        DateTimeOffset moment = DateTimeOffset.FromUnixTimeSeconds(time.UnixSeconds);
        return name switch
        {
            "Unix" => time.UnixSeconds,
            "UnixMilli" => time.UnixSeconds * 1000 + time.Nanoseconds / 1_000_000,
            "Year" => (long)moment.Year,
            "Day" => (long)moment.Day,
            "Hour" => (long)moment.Hour,
            "Minute" => (long)moment.Minute,
            "Second" => (long)moment.Second,
            "YearDay" => (long)moment.DayOfYear,
            "Month" => moment.ToString("MMMM", System.Globalization.CultureInfo.InvariantCulture),
            "Weekday" => moment.DayOfWeek.ToString(),
            "UTC" => time,
            "String" => GoTime.Text(time),
            _ => null,
        };
    }
}
