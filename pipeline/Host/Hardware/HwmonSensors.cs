using System.Text.RegularExpressions;

namespace Streamline.Pipeline.Host.Hardware;

/// <summary>The sensors of a chip and what each of their files means (kernel Documentation/hwmon/sysfs-interface.rst): thousandths of volts, degrees and amperes, millionths of watts and joules.</summary>
internal static partial class HwmonSensors
{
    private static readonly string[] Kinds = ["vrm", "beep_enable", "update_interval", "in", "cpu", "fan", "pwm", "temp", "curr", "power", "energy", "humidity", "intrusion", "freq"];

    /// <summary>A number to read: value times factor by divisor; of a switch only 1 is on, whatever else stands there.</summary>
    public sealed record Number(HostFamily Family, string Sensor, string File, double Factor = 1, double Divisor = 1, bool IsSwitch = false);

    /// <summary>A sensor's name, its label when it has one, and its files by property (the empty one is the file of the bare name).</summary>
    public sealed record Sensor(string Name, string Kind, string? Label, Dictionary<string, string> Files);

    /// <summary>Sensors of a chip's folder and of the device behind it.</summary>
    public static IEnumerable<Sensor> Find(string chip, HostFiles files)
    {
        var found = new SortedDictionary<string, Sensor>(StringComparer.Ordinal);
        foreach (string folder in new[] { chip, chip + "/device" })
        {
            foreach (string file in files.SysListNow(folder) ?? [])
            {
                if (FileName().Match(file) is not { Success: true } match || !Kinds.Contains(match.Groups["kind"].Value) || !files.TrySys($"{folder}/{file}", out _)) continue;
                string kind = match.Groups["kind"].Value, number = match.Groups["number"].Value;
                string name = kind + (number.Length == 0 ? "0" : number);
                if (!found.TryGetValue(name, out var sensor)) found[name] = sensor = new Sensor(name, kind, null, []);
                sensor.Files[match.Groups["property"].Value] = $"{folder}/{file}";
            }
        }
        return found.Values.Select(s => s with { Label = s.Files.TryGetValue("label", out string? file) ? files.SysString(file) : null });
    }

    /// <summary>What the sensor's files give. Families come from the function, so that one name is one family.</summary>
    public static IEnumerable<Number> NumbersOf(Sensor sensor, Func<string, string, string, HostFamily> family)
    {
        if (sensor.Kind is "beep_enable" or "vrm" or "update_interval") return sensor.Files.TryGetValue("", out string? file) ? [ChipNumber(sensor, file, family)] : [];
        return sensor.Files.Where(f => f.Key != "label").Select(f => Describe(sensor, f.Key, f.Value, family)).OfType<Number>();
    }

    private static Number ChipNumber(Sensor sensor, string file, Func<string, string, string, HostFamily> family) => sensor.Kind switch
    {
        "beep_enable" => new(family("node_hwmon_beep_enabled", "gauge", "1 when the chip may beep, else 0."), sensor.Name, file, IsSwitch: true),
        "vrm" => new(family("node_hwmon_voltage_regulator_version", "gauge", "Number of the voltage regulator's version that the chip assumes."), sensor.Name, file),
        _ => new(family("node_hwmon_update_interval_seconds", "gauge", "Time between two measurements of the chip, seconds."), sensor.Name, file, 0.001),
    };

    private static Number? Describe(Sensor sensor, string element, string file, Func<string, string, string, HostFamily> family)
    {
        string name = "node_hwmon_" + sensor.Kind;
        // Where the bare name is a file too, input needs its own.
        if (element == "input") name += sensor.Files.ContainsKey("") ? "_input" : "";
        else if (element.Length > 0) name += "_" + HwmonChips.Clean(element);
        return (sensor.Kind, element) switch
        {
            (_, "fault" or "alarm") => Gauge("", $"1 while the chip reports a {element} of the {sensor.Kind} sensor, else 0."),
            (_, "beep") => Gauge("_enabled", "1 when the chip may beep for the sensor, else 0."),
            ("in" or "cpu", _) => Gauge("_volts", $"Voltage of the sensor ({element}), volts.", 0.001),
            ("temp", not "type") => Gauge("_celsius", $"Temperature of the sensor ({(element.Length == 0 ? "input" : element)}), degrees Celsius.", 0.001),
            ("curr", _) => Gauge("_amps", $"Current of the sensor ({element}), amperes.", 0.001),
            ("energy", _) => new(family(name + "_joule_total", "counter", $"Energy that the sensor has counted ({element}), joules."), sensor.Name, file, 1, 1e6),
            ("power", "accuracy") => Gauge("", "How exact the power meter is, as a share of 1.", 1, 1e6),
            ("power", "average_interval" or "average_interval_min" or "average_interval_max") => Gauge("_seconds", $"Time over which power is averaged ({element}), seconds.", 0.001),
            ("power", _) => Gauge("_watt", $"Power of the sensor ({element}), watts.", 1, 1e6),
            ("humidity", _) => Gauge("", $"Relative humidity at the sensor ({element}), as a share of 1.", 1, 1e6),
            ("fan", "input" or "min" or "max" or "target") => Gauge("_rpm", $"Speed of the fan ({element}), turns a minute."),
            // Of a graphics processor: its clocks are told apart by their labels.
            ("freq", "input") => sensor.Label is null ? null : Gauge("_freq_mhz", "Clock of the graphics processor, megahertz.", 1, 1e6) with { Sensor = HwmonChips.Clean(sensor.Label) ?? "" },
            _ => Gauge("", element.Length == 0 ? $"Value of the {sensor.Kind} sensor." : $"What the {sensor.Kind} sensor has as its {element}."),
        };

        Number Gauge(string unit, string help, double factor = 1, double divisor = 1) => new(family(name + unit, "gauge", help), sensor.Name, file, factor, divisor);
    }

    [GeneratedRegex("^(?<kind>[^0-9]+)(?<number>[0-9]*)(?:_(?<property>.+))?$")]
    private static partial Regex FileName();
}
