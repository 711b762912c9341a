namespace Streamline.Pipeline.Config;

/// <summary>A named set of times; its elements are alternatives.</summary>
internal sealed record TimeIntervalConfig : ConfigNode
{
    [RequiredKey]
    public string Name { get; init; } = "";

    public IReadOnlyList<TimeRangeConfig> TimeIntervals { get; init; } = [];
}

/// <summary>All fields must hold; an empty one matches everything.</summary>
internal sealed record TimeRangeConfig : ConfigNode
{
    public IReadOnlyList<TimeOfDayConfig> Times { get; init; } = [];

    /// <summary>Sunday is 0.</summary>
    public IReadOnlyList<WeekdayRange> Weekdays { get; init; } = [];

    /// <summary>1 to 31, or -31 to -1 from the month's end.</summary>
    public IReadOnlyList<DayOfMonthRange> DaysOfMonth { get; init; } = [];

    public IReadOnlyList<MonthRange> Months { get; init; } = [];
    public IReadOnlyList<YearRange> Years { get; init; } = [];

    /// <summary>An IANA name, <c>Local</c> or <c>UTC</c>; empty is UTC.</summary>
    public string Location { get; init; } = "";

    public override void Check(ConfigErrors errors)
    {
        if (Location is "" or "Local" or "UTC" || TimeZoneInfo.TryFindSystemTimeZoneById(Location, out _)) return;
        errors.Add(this, "location", $"no time zone is named \"{Location}\"");
    }
}

/// <summary>Minutes of the day, the end exclusive.</summary>
internal sealed record TimeOfDayConfig : ConfigNode
{
    [RequiredKey]
    public ClockTime StartTime { get; init; }

    [RequiredKey]
    public ClockTime EndTime { get; init; }

    public override void Check(ConfigErrors errors)
    {
        if (Origin.Failed.Count > 0 || !Origin.Has("start_time") || !Origin.Has("end_time")) return;
        if (StartTime.Minutes >= EndTime.Minutes) errors.Add(this, "end_time", "must be after start_time; a range over midnight is two ranges");
    }
}

/// <summary>HH:MM as minutes since midnight, 24:00 included.</summary>
internal readonly record struct ClockTime(int Minutes);

/// <summary>Both ends inclusive, like the other ranges.</summary>
internal readonly record struct WeekdayRange(int First, int Last);

/// <summary>Days of a month; see <see cref="TimeRangeConfig.DaysOfMonth"/>.</summary>
internal readonly record struct DayOfMonthRange(int First, int Last);

/// <summary>Months, 1 to 12.</summary>
internal readonly record struct MonthRange(int First, int Last);

/// <summary>Years.</summary>
internal readonly record struct YearRange(int First, int Last);
