using System.Globalization;

namespace Streamline.Pipeline.Config;

/// <summary>Text forms of Alertmanager's ranges of days, months and years.</summary>
internal static class TimeRangeText
{
    private static readonly string[] Weekdays = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

    private static readonly string[] Months =
        ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];

    public static object? ParseWeekdays(string text) =>
        ConfigScalars.ParseRange(text, part => Array.IndexOf(Weekdays, part.ToLowerInvariant()) is >= 0 and var day ? day : null) is { } range
            ? new WeekdayRange(range.First, range.Last)
            : null;

    /// <summary>A negative begin needs a negative end; a positive begin may end at -1, the last day, whose order depends on the month.</summary>
    public static object? ParseDays(string text)
    {
        string[] parts = text.Split(':');
        if (parts.Length > 2 || !IsDay(parts[0], out int first)) return null;
        if (parts.Length == 1) return new DayOfMonthRange(first, first);
        if (!IsDay(parts[1], out int last) || (first < 0 && last > 0)) return null;
        bool isOrdered = first > 0 && last < 0 ? first <= 31 + last + 1 : first <= last;
        return isOrdered ? new DayOfMonthRange(first, last) : null;
    }

    public static object? ParseMonths(string text) =>
        ConfigScalars.ParseRange(text, ParseMonth) is { } range ? new MonthRange(range.First, range.Last) : null;

    public static object? ParseYears(string text) =>
        ConfigScalars.ParseRange(text, part => ConfigScalars.IsInteger(part, out int? year) && year >= 0 ? year : null) is { } range
            ? new YearRange(range.First, range.Last)
            : null;

    public static string Format(object range) => range switch
    {
        WeekdayRange days => Join(Weekdays[days.First], Weekdays[days.Last]),
        DayOfMonthRange days => Join(Number(days.First), Number(days.Last)),
        MonthRange months => Join(Months[months.First - 1], Months[months.Last - 1]),
        YearRange years => Join(Number(years.First), Number(years.Last)),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static int? ParseMonth(string text)
    {
        int named = Array.IndexOf(Months, text.ToLowerInvariant());
        if (named >= 0) return named + 1;
        return ConfigScalars.IsInteger(text, out int? number) && number is >= 1 and <= 12 ? number : null;
    }

    private static bool IsDay(string text, out int day)
    {
        bool isNumber = ConfigScalars.IsInteger(text.Trim(), out int? number);
        day = number ?? 0;
        return isNumber && day is (>= 1 and <= 31) or (>= -31 and <= -1);
    }

    private static string Join(string first, string last) => first == last ? first : first + ":" + last;

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
