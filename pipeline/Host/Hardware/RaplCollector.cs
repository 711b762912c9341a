using System.Globalization;
using System.Text.RegularExpressions;
using Streamline.Pipeline.Config;
using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Host.Hardware;

/// <summary>Energy used by parts of the processor, from /sys/class/powercap (kernel Documentation/power/powercap/powercap.rst). Microjoules there; only root may read them.</summary>
internal sealed partial class RaplCollector(HostRaplConfig config) : IHostCollector
{
    private const string Folder = "class/powercap";

    private static readonly HostFamily Joules = HostFamily.Counter("node_rapl_joules_total", "Energy used by the RAPL zone, joules.");

    private readonly LearnedFamilies _byZone = new(zone => HostFamily.Counter($"node_rapl_{NotInNames().Replace(zone, "_")}_joules_total", $"Energy used by the RAPL zone {zone}, joules."));
    private readonly Inventory<Zones> _zones = new(Find);

    public IEnumerable<HostFamily> Families => config.EnableZoneLabel ? [Joules] : _byZone.All;

    // The list is null when a zone does not tell how far it counts: it is none then.
    private sealed record Zones(List<Zone>? List);

    private sealed record Zone(string Name, int Index, string Path, string File);

    public bool Collect(HostFiles files, SeriesWriter writer)
    {
        if (files.SysList(Folder) is null || _zones.Of(files).List is not { } zones) return false;
        foreach (var zone in zones)
        {
            double microjoules = files.SysNumber(zone.File);
            if (double.IsNaN(microjoules)) return false;
            if (config.EnableZoneLabel) writer.Series(Joules).Label("rapl_zone"u8, zone.Name);
            else if (_byZone[zone.Name] is { } family) writer.Series(family);
            writer.Label("index"u8, zone.Index).Label("path"u8, zone.Path).Value(microjoules / 1_000_000);
        }
        return true;
    }

    private static Zones Find(HostFiles files)
    {
        var found = new List<Zone>();
        var next = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (string folder in files.SysList(Folder) ?? [])
        {
            string path = $"{Folder}/{folder}";
            if (files.SysString(path + "/name") is not { } written) continue;
            if (double.IsNaN(files.SysNumber(path + "/max_energy_range_uj"))) return new Zones(null);
            var (name, index) = Split(written, next);
            next[name] = index + 1;
            found.Add(new Zone(name, index, Path.Combine(files.Paths.Sys, path), path + "/energy_uj"));
        }
        return new Zones(found);
    }

    // package-0 is the zone "package" of index 0; names without a number are counted.
    private static (string Name, int Index) Split(string written, Dictionary<string, int> next) =>
        written.Split('-') is [var name, var number] && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int index) ? (name, index) : (written, next.GetValueOrDefault(written));

    [GeneratedRegex("_*[^0-9A-Za-z_]+_*")]
    private static partial Regex NotInNames();
}
