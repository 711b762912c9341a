using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Host.Cpu;

/// <summary>How often cores and packages were slowed down for heat: one processor of each tells it for all.</summary>
internal sealed class CpuThrottles
{
    private static readonly HostFamily Core = HostFamily.Counter("node_cpu_core_throttles_total", "Times the core was slowed down because it was too hot.");
    private static readonly HostFamily Package = HostFamily.Counter("node_cpu_package_throttles_total", "Times the whole package was slowed down because it was too hot.");

    private readonly Inventory<List<Throttle>> _throttles = new(Find);

    public static IEnumerable<HostFamily> Families => [Core, Package];

    // Core is null where the package as a whole is counted.
    private sealed record Throttle(string File, string Package, string? Core);

    public void Collect(HostFiles files, SeriesWriter writer)
    {
        foreach (var (file, package, core) in _throttles.Of(files))
        {
            double count = files.SysNumber(file);
            if (double.IsNaN(count)) continue;
            if (core is null) writer.Series(Package).Label("package"u8, package).Value(count);
            else writer.Series(Core).Label("package"u8, package).Label("core"u8, core).Value(count);
        }
    }

    private static List<Throttle> Find(HostFiles files)
    {
        var found = new List<Throttle>();
        var seen = new HashSet<(string, string?)>();
        var cpus = new DeviceTable("devices/system/cpu", "cpu", ["topology/physical_package_id", "topology/core_id", "thermal_throttle/core_throttle_count", "thermal_throttle/package_throttle_count"]);
        foreach (var cpu in cpus.List(files) ?? [])
        {
            // Virtual machines have -1 where they do not know.
            if (!(cpu.Read(files, 0) >= 0 && cpu.Read(files, 1) >= 0) || files.SysString(cpu[0]) is not { } package || files.SysString(cpu[1]) is not { } core) continue;
            AddFirst(new Throttle(cpu[2], package, core));
            AddFirst(new Throttle(cpu[3], package, null));
        }
        return found;

        void AddFirst(Throttle throttle)
        {
            if (!seen.Contains((throttle.Package, throttle.Core)) && files.TrySys(throttle.File, out _) && seen.Add((throttle.Package, throttle.Core))) found.Add(throttle);
        }
    }
}
