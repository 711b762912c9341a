using System.Text.RegularExpressions;

namespace Streamline.Pipeline.Host.Hardware;

/// <summary>The monitoring chips of /sys/class/hwmon under names that outlive a restart: hwmon0 is whoever was loaded first, the device behind it is not.</summary>
internal static partial class HwmonChips
{
    private const string Folder = "class/hwmon";

    /// <summary>A chip: its folder under the sys path, the name that tells it from all others, and what its driver is called (null when it does not say).</summary>
    public sealed record Chip(string Path, string Name, string? DriverName);

    /// <summary>Null when the kernel has no such folder.</summary>
    public static List<Chip>? Find(HostFiles files)
    {
        if (files.SysList(Folder) is not { } names) return null;
        var chips = names.Select(name => $"{Folder}/{name}").Where(path => files.SysListNow(path) is not null).Select(path => new Chip(path, NameOf(path, files), Clean(files.SysString(path + "/name")))).ToList();
        return [.. chips.Select(chip => chip with { Name = UniqueName(chip, chips) })];
    }

    /// <summary>A text as part of a metric's name.</summary>
    public static string? Clean(string? text)
    {
        string cleaned = NotInNames().Replace((text ?? "").ToLowerInvariant(), "_").Trim('_');
        return cleaned.Length == 0 ? null : cleaned;
    }

    // The device's bus and name (platform_coretemp_0), else what the driver is called, else hwmonX.
    private static string NameOf(string path, HostFiles files)
    {
        if (files.RealSysPath(path + "/device") is { } device)
        {
            string? name = Clean(Path.GetFileName(device));
            string? bus = Clean(Path.GetFileName(Path.GetDirectoryName(device)));
            if (name is not null) return bus is null ? name : $"{bus}_{name}";
        }
        return Clean(files.SysString(path + "/name")) ?? Clean(Path.GetFileName(files.RealSysPath(path) ?? path)) ?? "";
    }

    // One device may have several chips: the driver's name tells them apart, else hwmonX must.
    private static string UniqueName(Chip chip, List<Chip> all)
    {
        var same = all.FindAll(c => c.Name == chip.Name);
        if (same.Count == 1) return chip.Name;
        bool isAmbiguous = chip.DriverName is null || same.Count(c => c.DriverName == chip.DriverName) > 1;
        return $"{chip.Name}_{(isAmbiguous ? Clean(Path.GetFileName(chip.Path)) : chip.DriverName)}";
    }

    [GeneratedRegex("[^a-z0-9:_]")]
    private static partial Regex NotInNames();
}
