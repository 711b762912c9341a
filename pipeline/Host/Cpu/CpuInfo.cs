using System.Text;
using Streamline.Pipeline.Config;
using Streamline.Pipeline.Ingest;
using Streamline.Storage;

namespace Streamline.Pipeline.Host.Cpu;

/// <summary>What /proc/cpuinfo says of each processor, as labels: on demand only, as its labels are long and many.</summary>
internal sealed class CpuInfo(HostCpuConfig config, bool hasFrequencies)
{
    private static readonly HostFamily Info = HostFamily.Gauge("node_cpu_info", "Always 1: model, vendor and place of each processor as labels.");
    private static readonly HostFamily Frequency = HostFamily.Gauge("node_cpu_frequency_hertz", "Clock of the processor that /proc/cpuinfo shows, hertz.");
    private static readonly HostFamily Flag = HostFamily.Gauge("node_cpu_flag_info", "Always 1: a feature that the first processor lists in its flags.");
    private static readonly HostFamily Bug = HostFamily.Gauge("node_cpu_bug_info", "Always 1: a hardware bug that the kernel knows of the first processor.");

    // Label of node_cpu_info and the key of the file that it comes from.
    private static readonly (byte[] Label, string Key)[] Labels =
    [
        ("package"u8.ToArray(), "physical id"), ("core"u8.ToArray(), "core id"), ("cpu"u8.ToArray(), "processor"), ("vendor"u8.ToArray(), "vendor_id"), ("family"u8.ToArray(), "cpu family"),
        ("model"u8.ToArray(), "model"), ("model_name"u8.ToArray(), "model name"), ("microcode"u8.ToArray(), "microcode"), ("stepping"u8.ToArray(), "stepping"), ("cachesize"u8.ToArray(), "cache size"),
    ];

    private readonly LabelMatcher? _flags = NameFilter.Matcher(config.InfoFlagsInclude);
    private readonly LabelMatcher? _bugs = NameFilter.Matcher(config.InfoBugsInclude);

    public static IEnumerable<HostFamily> Families => [Info, Frequency, Flag, Bug];

    public bool Collect(HostFiles files, SeriesWriter writer)
    {
        if (!files.TryProc("cpuinfo", out var text)) return false;
        var cpus = Parse(Encoding.UTF8.GetString(text));
        foreach (var cpu in cpus) Add(cpu, writer);
        if (cpus.Count == 0) return false;
        AddWords(writer, Flag, "flag"u8, cpus[0].GetValueOrDefault("flags") ?? cpus[0].GetValueOrDefault("Features") ?? "", _flags);
        AddWords(writer, Bug, "bug"u8, cpus[0].GetValueOrDefault("bugs") ?? "", _bugs);
        return true;
    }

    private void Add(Dictionary<string, string> cpu, SeriesWriter writer)
    {
        writer.Series(Info);
        foreach (var (label, key) in Labels) writer.Label(label, cpu.GetValueOrDefault(key) ?? "");
        writer.Value(1);
        if (!hasFrequencies) return;
        double megahertz = FieldReader.Parse(Encoding.UTF8.GetBytes(cpu.GetValueOrDefault("cpu MHz") ?? "0"));
        writer.Series(Frequency);
        foreach (var (label, key) in Labels.AsSpan(0, 3)) writer.Label(label, cpu.GetValueOrDefault(key) ?? "");
        writer.ValueIfThere(megahertz * 1e6);
    }

    private static void AddWords(SeriesWriter writer, HostFamily family, ReadOnlySpan<byte> label, string words, LabelMatcher? filter)
    {
        if (filter is null) return;
        foreach (string word in words.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (filter.Matches(Encoding.UTF8.GetBytes(word))) writer.Series(family).Label(label, word).Value(1);
        }
    }

    // A processor begins with its number; architectures differ in what follows.
    private static List<Dictionary<string, string>> Parse(string text)
    {
        var cpus = new List<Dictionary<string, string>>();
        foreach (string line in text.Split('\n'))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0) continue;
            string key = line[..colon].Trim();
            if (key == "processor") cpus.Add([]);
            if (cpus.Count > 0) cpus[^1][key == "vendor" ? "vendor_id" : key] = line[(colon + 1)..].Trim();
        }
        return cpus;
    }
}
