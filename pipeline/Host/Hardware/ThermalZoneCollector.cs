using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Host.Hardware;

/// <summary>Thermal zones and cooling devices, from /sys/class/thermal (kernel Documentation/driver-api/thermal/sysfs-api.rst). Thousandths of a degree there.</summary>
internal sealed class ThermalZoneCollector : IHostCollector
{
    private static readonly HostFamily Temperature = HostFamily.Gauge("node_thermal_zone_temp", "Temperature of the thermal zone, degrees Celsius.");
    private static readonly HostFamily CurrentState = HostFamily.Gauge("node_cooling_device_cur_state", "How hard the cooling device works, from 0 to its maximum.");
    private static readonly HostFamily MaxState = HostFamily.Gauge("node_cooling_device_max_state", "How hard the cooling device can work at most.");

    private readonly DeviceTable _zones = new("class/thermal", "thermal_zone", ["type", "temp"]);
    private readonly DeviceTable _coolers = new("class/thermal", "cooling_device", ["type", "cur_state", "max_state"]);

    public IEnumerable<HostFamily> Families => [Temperature, CurrentState, MaxState];

    public bool Collect(HostFiles files, SeriesWriter writer)
    {
        foreach (var zone in _zones.List(files) ?? [])
        {
            double temperature = zone.Read(files, 1);
            // A sensor that cannot be read has no temperature; node_exporter shows 0 degrees.
            if (!double.IsNaN(temperature)) writer.Series(Temperature).Label("zone"u8, zone.Number).LabelOf("type"u8, files, zone[0]).Value(temperature / 1000);
        }
        foreach (var cooler in _coolers.List(files) ?? [])
        {
            var (current, most) = (cooler.Read(files, 1), cooler.Read(files, 2));
            if (double.IsNaN(current) || double.IsNaN(most)) continue;
            writer.Series(CurrentState).Label("name"u8, cooler.Number).LabelOf("type"u8, files, cooler[0]).Value(current);
            writer.Series(MaxState).Label("name"u8, cooler.Number).LabelOf("type"u8, files, cooler[0]).Value(most);
        }
        return true;
    }
}
