using System.Runtime.InteropServices;
using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Host.Kernel;

/// <summary>The machine's clock, its time zone, and what the clock is driven by (/sys/devices/system/clocksource).</summary>
internal sealed class TimeCollector : IHostCollector
{
    private static readonly HostFamily Seconds = HostFamily.Gauge("node_time_seconds", "The machine's clock, seconds since 1970.");
    private static readonly HostFamily ZoneOffset = HostFamily.Gauge("node_time_zone_offset_seconds", "How far local time is east of UTC, seconds.");
    private static readonly HostFamily Available = HostFamily.Gauge("node_time_clocksource_available_info", "Always 1: a clock source that the kernel could use.");
    private static readonly HostFamily Current = HostFamily.Gauge("node_time_clocksource_current_info", "Always 1: the clock source that the kernel uses.");

    private readonly Inventory<List<(string Device, string[] Available, string CurrentFile)>> _sources = new(Find);
    private readonly Inventory<Zone> _zone = new(files => Zone.At(files.Time.GetUtcNow().ToUnixTimeSeconds()));

    public IEnumerable<HostFamily> Families => [Seconds, ZoneOffset, Available, Current];

    private sealed record Zone(string Name, long OffsetSeconds)
    {
        // .NET knows zones, but not what they are called for short.
        public static Zone At(long unixSeconds)
        {
            TzSet();
            return LocalTime(ref unixSeconds, out var local) == 0 ? new Zone("UTC", 0) : new Zone(Marshal.PtrToStringUTF8(local.ZoneName) ?? "UTC", local.OffsetSeconds);
        }
    }

    public bool Collect(HostFiles files, SeriesWriter writer)
    {
        writer.Series(Seconds).Value((files.Time.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds);
        var zone = _zone.Of(files);
        writer.Series(ZoneOffset).Label("time_zone"u8, zone.Name).Value(zone.OffsetSeconds);
        foreach (var (device, available, currentFile) in _sources.Of(files))
        {
            foreach (string source in available) writer.Series(Available).Label("device"u8, device).Label("clocksource"u8, source).Value(1);
            writer.Series(Current).Label("device"u8, device).LabelOf("clocksource"u8, files, currentFile).Value(1);
        }
        return true;
    }

    private static List<(string Device, string[] Available, string CurrentFile)> Find(HostFiles files)
    {
        var found = new List<(string, string[], string)>();
        foreach (var source in new DeviceTable("devices/system/clocksource", "clocksource", ["available_clocksource", "current_clocksource"]).List(files) ?? [])
            found.Add((source.Number, (files.SysString(source[0]) ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries), source[1]));
        return found;
    }

    // struct tm of Linux: nine numbers, then seconds east of UTC and the zone's short name, which the C library owns.
    [StructLayout(LayoutKind.Sequential)]
    private struct LocalTimeResult
    {
        public int Second, Minute, Hour, Day, Month, Year, Weekday, YearDay, IsSummer;
        public long OffsetSeconds;
        public nint ZoneName;
    }

    [DllImport("libc", EntryPoint = "tzset")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern void TzSet();

    [DllImport("libc", EntryPoint = "localtime_r")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint LocalTime(ref long unixSeconds, out LocalTimeResult result);
}
