using System.Collections.Concurrent;
using Streamline.Pipeline.Config;
using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Host.Hardware;

/// <summary>Temperatures, voltages, fans and power of monitoring chips, from /sys/class/hwmon. Chips and sensors are looked for each half minute, their values read each time.</summary>
internal sealed class HwmonCollector : IHostCollector
{
    private static readonly HostFamily ChipNames = HostFamily.Gauge("node_hwmon_chip_names", "Always 1: what the driver calls the monitoring chip.");
    private static readonly HostFamily SensorLabel = HostFamily.Gauge("node_hwmon_sensor_label", "Always 1: what the driver calls the sensor.");

    private readonly NameFilter _chips;
    private readonly NameFilter _sensors;
    private readonly ConcurrentDictionary<string, HostFamily> _families = new(StringComparer.Ordinal);
    private readonly Inventory<Layout> _layout;

    public HwmonCollector(HostHwmonConfig config)
    {
        _chips = new NameFilter(config.ChipExclude, config.ChipInclude);
        _sensors = new NameFilter(config.SensorExclude, config.SensorInclude);
        _layout = new(Find);
    }

    public IEnumerable<HostFamily> Families => [ChipNames, SensorLabel, .. _families.Values];

    private sealed record Layout(List<Chip>? Chips);

    private sealed record Chip(string Name, string? DriverName, List<HwmonSensors.Sensor> Sensors, List<HwmonSensors.Number> Numbers);

    public bool Collect(HostFiles files, SeriesWriter writer)
    {
        if (_layout.Of(files).Chips is not { } chips) return false;
        foreach (var chip in chips)
        {
            if (chip.DriverName is not null) writer.Series(ChipNames).Label("chip"u8, chip.Name).Label("chip_name"u8, chip.DriverName).Value(1);
            foreach (var sensor in chip.Sensors)
            {
                if (sensor.Label is { } label) writer.Series(SensorLabel).Label("chip"u8, chip.Name).Label("sensor"u8, sensor.Name).Label("label"u8, label).Value(1);
            }
            foreach (var number in chip.Numbers) Add(chip.Name, number, files, writer);
        }
        return true;
    }

    private static void Add(string chip, HwmonSensors.Number number, HostFiles files, SeriesWriter writer)
    {
        double value = files.SysNumber(number.File);
        if (number.IsSwitch) value = value == 1 ? 1 : 0;
        if (!double.IsNaN(value)) writer.Series(number.Family).Label("chip"u8, chip).Label("sensor"u8, number.Sensor).Value(value * number.Factor / number.Divisor);
    }

    private Layout Find(HostFiles files) => new(HwmonChips.Find(files)?.Where(chip => !_chips.Ignores(chip.Name)).Select(chip => SensorsOf(chip, files)).ToList());

    private Chip SensorsOf(HwmonChips.Chip chip, HostFiles files)
    {
        var sensors = HwmonSensors.Find(chip.Path, files).Where(s => !_sensors.Ignores($"{chip.Name};{s.Name}")).ToList();
        return new Chip(chip.Name, chip.DriverName, sensors, [.. sensors.SelectMany(s => HwmonSensors.NumbersOf(s, FamilyOf))]);
    }

    private HostFamily FamilyOf(string name, string type, string help) => _families.GetOrAdd(name, _ => new HostFamily(name, type, help));
}
