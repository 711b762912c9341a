using System.Globalization;
using Streamline.Storage;

namespace Streamline.Pipeline.Config;

/// <summary>How one type of our records is read from a scalar, printed, and named in messages.</summary>
/// <param name="Expected">What should have stood there: "a duration such as 30s".</param>
/// <param name="Parse">Null when the text is none.</param>
/// <param name="Format">The text form.</param>
/// <param name="IsText">Quoted text will do (numbers and booleans must be plain).</param>
internal sealed record ScalarType(string Expected, Func<string, object?> Parse, Func<object, string> Format, bool IsText)
{
    private static readonly Dictionary<Type, ScalarType> Known = new()
    {
        [typeof(string)] = new("a string", text => text, value => (string)value, true),
        [typeof(Secret)] = new("a string", text => new Secret(text), value => value.ToString()!, true),
        [typeof(bool)] = new("true or false", text => ConfigScalars.TryParseBool(text, out bool value) ? value : null, value => (bool)value ? "true" : "false", false),
        // Counts and limits: nothing here is ever counted past 31 bits, so a limit above them is none, and is taken.
        [typeof(int)] = Integer("a whole number, 0 or more", 0, ulong.MaxValue, value => (int)Int128.Min(value, int.MaxValue)),
        [typeof(long)] = Integer("a whole number", long.MinValue, long.MaxValue, value => (long)value),
        [typeof(ulong)] = Integer("a whole number, 0 or more", 0, ulong.MaxValue, value => (ulong)value),
        [typeof(double)] = new("a number", text => ConfigScalars.TryParseNumber(text, out double value) ? value : null, value => ConfigScalars.FormatNumber((double)value), false),
        [typeof(TimeSpan)] = new(
            "a duration such as 30s, 5m or 1h30m", text => ConfigScalars.TryParseDuration(text, out var value) ? value : null, value => ConfigScalars.FormatDuration((TimeSpan)value), true),
        [typeof(ByteSize)] = new("a size with its unit such as 15MB", text => ByteSize.TryParse(text, out var value) ? value : null, value => value.ToString()!, true),
        [typeof(MemoryLimit)] = new(
            "a share such as 60% or a size such as 2GB", text => ConfigScalars.TryParseMemoryLimit(text, out var value) ? value : null, value => ConfigScalars.FormatMemoryLimit((MemoryLimit)value), true),
        [typeof(ClockTime)] = new("a time of day as HH:MM, 24:00 at most", text => ConfigScalars.TryParseClock(text, out var value) ? value : null, value => ConfigScalars.FormatClock((ClockTime)value), true),
        [typeof(WeekdayRange)] = new("a weekday such as monday, or a range such as monday:friday (the week begins with sunday)", TimeRangeText.ParseWeekdays, TimeRangeText.Format, true),
        [typeof(DayOfMonthRange)] = new("a day 1 to 31 or -31 to -1, or a range such as 1:5 or -3:-1", TimeRangeText.ParseDays, TimeRangeText.Format, true),
        [typeof(MonthRange)] = new("a month such as january or 1, or a range such as 1:3", TimeRangeText.ParseMonths, TimeRangeText.Format, true),
        [typeof(YearRange)] = new("a year, or a range such as 2026:2028", TimeRangeText.ParseYears, TimeRangeText.Format, true),
    };

    /// <summary>Null when the type is not read from a scalar.</summary>
    public static ScalarType? Of(Type type)
    {
        if (Known.TryGetValue(type, out var scalar)) return scalar;
        return type.IsEnum ? EnumNames.Of(type).Scalar : null;
    }

    private static ScalarType Integer(string expected, Int128 least, Int128 most, Func<Int128, object> convert) =>
        new(expected,
            text => ConfigScalars.TryParseInteger(text, out var value) && value >= least && value <= most ? convert(value) : null,
            value => ((IFormattable)value).ToString(null, CultureInfo.InvariantCulture), false);
}
