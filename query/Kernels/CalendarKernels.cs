namespace Streamline.Query.Kernels;

internal readonly struct MinuteKernel : IUnaryKernel
{
    public static double Apply(double value) => Calendar.Has(value) ? Calendar.SecondOfDay(value) / 60 % 60 : double.NaN;
}

internal readonly struct HourKernel : IUnaryKernel
{
    public static double Apply(double value) => Calendar.Has(value) ? Calendar.SecondOfDay(value) / 3600 : double.NaN;
}

internal readonly struct DayOfWeekKernel : IUnaryKernel
{
    // The epoch was a Thursday.
    public static double Apply(double value) => Calendar.Has(value) ? (((Calendar.Day(value) + 4) % 7) + 7) % 7 : double.NaN;
}

internal readonly struct DayOfMonthKernel : IUnaryKernel
{
    public static double Apply(double value) => Calendar.Has(value) ? Calendar.Date(value).Day : double.NaN;
}

internal readonly struct DayOfYearKernel : IUnaryKernel
{
    public static double Apply(double value) => Calendar.Has(value) ? Calendar.Date(value).DayOfYear : double.NaN;
}

internal readonly struct DaysInMonthKernel : IUnaryKernel
{
    public static double Apply(double value)
    {
        if (!Calendar.Has(value)) return double.NaN;
        var date = Calendar.Date(value);
        return DateTime.DaysInMonth(date.Year, date.Month);
    }
}

internal readonly struct MonthKernel : IUnaryKernel
{
    public static double Apply(double value) => Calendar.Has(value) ? Calendar.Date(value).Month : double.NaN;
}

internal readonly struct YearKernel : IUnaryKernel
{
    public static double Apply(double value) => Calendar.Has(value) ? Calendar.Date(value).Year : double.NaN;
}

/// <summary>Seconds since the epoch as UTC calendar parts. Times outside the years 1 to 9999 have no parts (NaN).</summary>
internal static class Calendar
{
    private const long SecondsPerDay = 86_400;
    private const double MinSeconds = -62_135_596_800, MaxSeconds = 253_402_300_799;

    public static bool Has(double seconds) => seconds is >= MinSeconds and <= MaxSeconds;

    public static long Day(double seconds) => (long)Math.Floor(Math.Truncate(seconds) / SecondsPerDay);

    public static long SecondOfDay(double seconds) => (long)Math.Truncate(seconds) - (Day(seconds) * SecondsPerDay);

    public static DateOnly Date(double seconds) => DateOnly.FromDayNumber((int)(Day(seconds) + DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber));
}
