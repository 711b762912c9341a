using System.Text;
using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Host.Kernel;

/// <summary>Whether SELinux is on and how strict, from its file system under /sys and from /etc/selinux/config (selinux(8)).</summary>
internal sealed class SelinuxCollector : IHostCollector
{
    private const int Disabled = -1;

    private static readonly HostFamily Enabled = HostFamily.Gauge("node_selinux_enabled", "1 when the machine runs with SELinux and a policy, else 0.");
    private static readonly HostFamily ConfigMode = HostFamily.Gauge("node_selinux_config_mode", "Mode that SELinux will start in by its configuration: 1 enforcing, 0 permissive, -1 off.");
    private static readonly HostFamily CurrentMode = HostFamily.Gauge("node_selinux_current_mode", "Mode that SELinux is in: 1 enforcing, 0 permissive.");

    private readonly Inventory<Mode> _configured = new(ReadConfig);

    public IEnumerable<HostFamily> Families => [Enabled, ConfigMode, CurrentMode];

    private sealed record Mode(int Value);

    public bool Collect(HostFiles files, SeriesWriter writer)
    {
        double current = files.SysNumber("fs/selinux/enforce");
        // Without a policy the file system is there and every process runs as the kernel does.
        bool isOn = !double.IsNaN(current) && !(files.TryProc("self/attr/current", out var context) && context.Trim(" \n\0"u8).SequenceEqual("kernel"u8));
        writer.Series(Enabled).Value(isOn ? 1 : 0);
        if (!isOn) return true;
        writer.Series(ConfigMode).Value(_configured.Of(files).Value);
        writer.Series(CurrentMode).Value(current);
        return true;
    }

    private static Mode ReadConfig(HostFiles files)
    {
        if (!files.TryPath(files.Paths.InRoot("/etc/selinux/config"), out var text)) return new Mode(Disabled);
        string? mode = Encoding.UTF8.GetString(text).Split('\n').Select(l => l.Trim()).FirstOrDefault(l => l.StartsWith("SELINUX=", StringComparison.Ordinal))?["SELINUX=".Length..];
        return new Mode(mode switch
        {
            "enforcing" => 1,
            "permissive" => 0,
            _ => Disabled,
        });
    }
}
