using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Host.Hardware;

/// <summary>Watchdog timers, from /sys/class/watchdog (kernel Documentation/ABI/testing/sysfs-class-watchdog).</summary>
internal sealed class WatchdogCollector : IHostCollector
{
    private static readonly HostFamily Info = HostFamily.Gauge("node_watchdog_info", "Always 1: identity and state of the watchdog timer as labels.");

    private static readonly (string File, HostFamily Family)[] Numbers =
    [
        Gauge("bootstatus"), Gauge("fw_version"), Gauge("nowayout"), Gauge("timeleft", "_seconds"), Gauge("timeout", "_seconds"), Gauge("pretimeout", "_seconds"), Gauge("access_cs0"),
    ];

    // Files whose text is a label of the same name.
    private static readonly string[] Texts = ["options", "identity", "state", "status", "pretimeout_governor"];

    private static readonly byte[][] TextLabels = [.. Texts.Select(HostSeries.Utf8)];

    private readonly DeviceTable _watchdogs = new("class/watchdog", "", [.. Numbers.Select(n => n.File), .. Texts]);

    public IEnumerable<HostFamily> Families => [.. Numbers.Select(n => n.Family), Info];

    public bool Collect(HostFiles files, SeriesWriter writer)
    {
        if (_watchdogs.List(files) is not { } watchdogs) return false;
        foreach (var watchdog in watchdogs)
        {
            for (int i = 0; i < Numbers.Length; i++) writer.ValueOf(Numbers[i].Family, "name"u8, watchdog.Name, watchdog.Read(files, i));
            writer.Series(Info).Label("name"u8, watchdog.Name);
            for (int i = 0; i < Texts.Length; i++) writer.LabelOf(TextLabels[i], files, watchdog[Numbers.Length + i]);
            writer.Value(1);
        }
        return true;
    }

    private static (string File, HostFamily Family) Gauge(string file, string unit = "") => (file, HostFamily.Gauge($"node_watchdog_{file}{unit}", $"The watchdog timer's {file}{(unit.Length > 0 ? ", seconds" : "")}."));
}
