using System.Globalization;

namespace Streamline.Pipeline.Notify;

/// <summary>Times in alert JSON: RFC 3339 in UTC, milliseconds without trailing zeros, as Go prints them.</summary>
internal static class AlertTime
{
    public static string Text(long unixMs) =>
        DateTimeOffset.FromUnixTimeMilliseconds(unixMs).ToString("yyyy-MM-ddTHH:mm:ss.FFF'Z'", CultureInfo.InvariantCulture);
}
