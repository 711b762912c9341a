using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Alerting;

/// <summary>Whether a route is quiet at a time: inside a mute interval, or outside all of its active intervals.</summary>
internal sealed class TimeMuting(AlertmanagerConfig config)
{
    private readonly Dictionary<string, TimeIntervalConfig> _intervals =
        config.TimeIntervals.Concat(config.MuteTimeIntervals).DistinctBy(i => i.Name).ToDictionary(i => i.Name, StringComparer.Ordinal);

    public bool IsMuted(Route route, DateTimeOffset now)
    {
        if (route.ActiveTimeIntervals.Count > 0 && !route.ActiveTimeIntervals.Any(name => IsInside(name, now))) return true;
        return route.MuteTimeIntervals.Any(name => IsInside(name, now));
    }

    private bool IsInside(string name, DateTimeOffset now) =>
        _intervals.TryGetValue(name, out TimeIntervalConfig? interval) && interval.TimeIntervals.Any(range => IsInside(range, now));

    private static bool IsInside(TimeRangeConfig range, DateTimeOffset now)
    {
        DateTime local = TimeZoneInfo.ConvertTime(now, Zone(range.Location)).DateTime;
        int minutes = local.Hour * 60 + local.Minute;
        return Any(range.Times, t => minutes >= t.StartTime.Minutes && minutes < t.EndTime.Minutes)
            && Any(range.Weekdays, d => (int)local.DayOfWeek >= d.First && (int)local.DayOfWeek <= d.Last)
            && Any(range.DaysOfMonth, d => IsInside(d, local))
            && Any(range.Months, m => local.Month >= m.First && local.Month <= m.Last)
            && Any(range.Years, y => local.Year >= y.First && local.Year <= y.Last);
    }

    // Negative days count from the month's end; both ends are clamped to the month, and a range that begins after its end is skipped.
    private static bool IsInside(DayOfMonthRange range, DateTime local)
    {
        int days = DateTime.DaysInMonth(local.Year, local.Month);
        int first = range.First < 0 ? days + range.First + 1 : range.First;
        int last = range.Last < 0 ? days + range.Last + 1 : range.Last;
        if (first > days) return false;
        return local.Day >= Math.Max(first, 1) && local.Day <= Math.Min(last, days);
    }

    private static bool Any<T>(IReadOnlyList<T> ranges, Func<T, bool> holds) => ranges.Count == 0 || ranges.Any(holds);

    private static TimeZoneInfo Zone(string location) => location switch
    {
        "" or "UTC" => TimeZoneInfo.Utc,
        "Local" => TimeZoneInfo.Local,
        _ => TimeZoneInfo.FindSystemTimeZoneById(location),
    };
}
