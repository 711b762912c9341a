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
}

/// <summary>Minutes of the day, the end exclusive.</summary>
internal sealed record TimeOfDayConfig : ConfigNode
{
    [RequiredKey]
    public ClockTime StartTime { get; init; }

    [RequiredKey]
    public ClockTime EndTime { get; init; }
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
