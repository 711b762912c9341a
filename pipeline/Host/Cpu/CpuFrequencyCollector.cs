using System.Globalization;
using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Host.Cpu;

/// <summary>Clock frequencies and governors per processor, from cpufreq in /sys (kernel Documentation/admin-guide/pm/cpufreq.rst). Kilohertz there.</summary>
internal sealed class CpuFrequencyCollector : IHostCollector
{
    private const string Folder = "devices/system/cpu";

    private static readonly HostFamily Governor = HostFamily.Gauge("node_cpu_scaling_governor", "1 for the frequency governor that decides at present, 0 for the others on offer.");

    private static readonly (string File, HostFamily Family)[] Frequencies =
    [
        ("cpufreq/cpuinfo_cur_freq", HostFamily.Gauge("node_cpu_frequency_hertz", "Clock that the hardware reports for the processor, hertz.")),
        ("cpufreq/cpuinfo_avg_freq", HostFamily.Gauge("node_cpu_frequency_avg_hertz", "Clock of the processor averaged by the hardware over the last moments, hertz.")),
        ("cpufreq/cpuinfo_min_freq", HostFamily.Gauge("node_cpu_frequency_min_hertz", "Slowest clock that the hardware can run the processor at, hertz.")),
        ("cpufreq/cpuinfo_max_freq", HostFamily.Gauge("node_cpu_frequency_max_hertz", "Fastest clock that the hardware can run the processor at, hertz.")),
        ("cpufreq/scaling_cur_freq", HostFamily.Gauge("node_cpu_scaling_frequency_hertz", "Clock that the kernel last asked of the processor, hertz.")),
        ("cpufreq/scaling_min_freq", HostFamily.Gauge("node_cpu_scaling_frequency_min_hertz", "Lower bound that the frequency policy sets, hertz.")),
        ("cpufreq/scaling_max_freq", HostFamily.Gauge("node_cpu_scaling_frequency_max_hertz", "Upper bound that the frequency policy sets, hertz.")),
    ];

    private readonly Inventory<List<Cpu>> _cpus = new(Find);

    public IEnumerable<HostFamily> Families => [.. Frequencies.Select(f => f.Family), Governor];

    private sealed record Cpu(string Number, DeviceFolder Folder, string GovernorFile, string[] Governors);

    public bool Collect(HostFiles files, SeriesWriter writer)
    {
        if (!files.TrySys(Folder + "/offline", out _)) return false;
        foreach (var cpu in _cpus.Of(files))
        {
            for (int i = 0; i < Frequencies.Length; i++) writer.ValueOf(Frequencies[i].Family, "cpu"u8, cpu.Number, cpu.Folder.Read(files, i) * 1000);
            if (!files.TrySysText(cpu.GovernorFile, out var current) || current.IsEmpty) continue;
            foreach (string governor in cpu.Governors)
                writer.Series(Governor).Label("cpu"u8, cpu.Number).Label("governor"u8, governor).Value(System.Text.Ascii.Equals(current, governor) ? 1 : 0);
        }
        return true;
    }

    private static List<Cpu> Find(HostFiles files)
    {
        var offline = CpuRanges.Parse(files.SysString(Folder + "/offline") ?? "").Select(c => c.ToString(CultureInfo.InvariantCulture)).ToHashSet();
        var found = new List<Cpu>();
        foreach (var device in new DeviceTable(Folder, "cpu", [.. Frequencies.Select(f => f.File)]).List(files) ?? [])
        {
            string path = device.Path + "/cpufreq/";
            if (offline.Contains(device.Number) || files.SysString(path + "scaling_driver") is null) continue;
            string governors = files.SysString(path + "scaling_available_governors") ?? "";
            found.Add(new Cpu(device.Number, device, path + "scaling_governor", governors.Split(' ')));
        }
        return found;
    }
}
