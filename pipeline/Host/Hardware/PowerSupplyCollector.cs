using Streamline.Pipeline.Config;
using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Host.Hardware;

/// <summary>Batteries and mains, from /sys/class/power_supply (kernel Documentation/ABI/testing/sysfs-class-power). Millionths of units there, temperatures in tenths of a degree.</summary>
internal sealed class PowerSupplyCollector(HostPowerSupplyConfig config) : IHostCollector
{
    private const double Millions = 1e6;
    private const double Tenths = 10;

    private static readonly HostFamily Info = HostFamily.Gauge("node_power_supply_info", "Always 1: maker, kind and state of the power supply as labels.");

    private static readonly (string File, HostFamily Family, double Divisor)[] Numbers =
    [
        Gauge("authentic", "authentic"),
        Gauge("calibrate", "calibrate"),
        Gauge("capacity", "capacity"),
        Gauge("capacity_alert_max", "capacity_alert_max"),
        Gauge("capacity_alert_min", "capacity_alert_min"),
        Gauge("cycle_count", "cyclecount"),
        Gauge("online", "online"),
        Gauge("present", "present"),
        Gauge("time_to_empty_now", "time_to_empty_seconds"),
        Gauge("time_to_full_now", "time_to_full_seconds"),
        Gauge("current_boot", "current_boot", Millions),
        Gauge("current_max", "current_max", Millions),
        Gauge("current_now", "current_ampere", Millions),
        Gauge("energy_empty", "energy_empty", Millions),
        Gauge("energy_empty_design", "energy_empty_design", Millions),
        Gauge("energy_full", "energy_full", Millions),
        Gauge("energy_full_design", "energy_full_design", Millions),
        Gauge("energy_now", "energy_watthour", Millions),
        Gauge("voltage_boot", "voltage_boot", Millions),
        Gauge("voltage_max", "voltage_max", Millions),
        Gauge("voltage_max_design", "voltage_max_design", Millions),
        Gauge("voltage_min", "voltage_min", Millions),
        Gauge("voltage_min_design", "voltage_min_design", Millions),
        Gauge("voltage_now", "voltage_volt", Millions),
        Gauge("voltage_ocv", "voltage_ocv", Millions),
        Gauge("charge_control_limit", "charge_control_limit", Millions),
        Gauge("charge_control_limit_max", "charge_control_limit_max", Millions),
        Gauge("charge_counter", "charge_counter", Millions),
        Gauge("charge_empty", "charge_empty", Millions),
        Gauge("charge_empty_design", "charge_empty_design", Millions),
        Gauge("charge_full", "charge_full", Millions),
        Gauge("charge_full_design", "charge_full_design", Millions),
        Gauge("charge_now", "charge_ampere", Millions),
        Gauge("charge_term_current", "charge_term_current", Millions),
        Gauge("constant_charge_current", "constant_charge_current", Millions),
        Gauge("constant_charge_current_max", "constant_charge_current_max", Millions),
        Gauge("constant_charge_voltage", "constant_charge_voltage", Millions),
        Gauge("constant_charge_voltage_max", "constant_charge_voltage_max", Millions),
        Gauge("precharge_current", "precharge_current", Millions),
        Gauge("input_current_limit", "input_current_limit", Millions),
        Gauge("power_now", "power_watt", Millions),
        Gauge("temp", "temp_celsius", Tenths),
        Gauge("temp_alert_max", "temp_alert_max_celsius", Tenths),
        Gauge("temp_alert_min", "temp_alert_min_celsius", Tenths),
        Gauge("temp_ambient", "temp_ambient_celsius", Tenths),
        Gauge("temp_ambient_max", "temp_ambient_max_celsius", Tenths),
        Gauge("temp_ambient_min", "temp_ambient_min_celsius", Tenths),
        Gauge("temp_max", "temp_max_celsius", Tenths),
        Gauge("temp_min", "temp_min_celsius", Tenths),
    ];

    // Files whose text is a label of the same name.
    private static readonly string[] Texts = ["capacity_level", "charge_type", "health", "manufacturer", "model_name", "serial_number", "status", "technology", "type", "usb_type", "scope"];

    private static readonly byte[][] TextLabels = [.. Texts.Select(HostSeries.Utf8)];

    private readonly DeviceTable _supplies = new("class/power_supply", "", [.. Numbers.Select(n => n.File), .. Texts]);
    private readonly NameFilter _ignored = new(config.IgnoredSupplies);

    public IEnumerable<HostFamily> Families => [.. Numbers.Select(n => n.Family), Info];

    public bool Collect(HostFiles files, SeriesWriter writer)
    {
        if (_supplies.List(files) is not { } supplies) return false;
        foreach (var supply in supplies)
        {
            if (!_ignored.Ignores(supply.Name)) Add(supply, files, writer);
        }
        return true;
    }

    private static void Add(DeviceFolder supply, HostFiles files, SeriesWriter writer)
    {
        for (int i = 0; i < Numbers.Length; i++) writer.ValueOf(Numbers[i].Family, "power_supply"u8, supply.Name, supply.Read(files, i) / Numbers[i].Divisor);
        writer.Series(Info).Label("power_supply"u8, supply.Name);
        for (int i = 0; i < Texts.Length; i++) writer.LabelOf(TextLabels[i], files, supply[Numbers.Length + i]);
        writer.Value(1);
    }

    private static (string File, HostFamily Family, double Divisor) Gauge(string file, string name, double divisor = 1) =>
        (file, HostFamily.Gauge("node_power_supply_" + name, $"The power supply's {file}{UnitOf(divisor)}."), divisor);

    private static string UnitOf(double divisor) => divisor switch
    {
        Millions => ", whole units where the kernel has millionths",
        Tenths => ", degrees Celsius",
        _ => "",
    };
}
