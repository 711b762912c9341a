namespace Streamline.Pipeline.Config;

/// <summary>Settings of the collector hwmon.</summary>
internal sealed record HostHwmonConfig : ConfigNode
{
    /// <summary>Expression of the chips to take; not together with <c>chip_exclude</c>.</summary>
    public string ChipInclude { get; init; } = "";

    /// <summary>Expression of the chips to leave out.</summary>
    public string ChipExclude { get; init; } = "";

    /// <summary>Expression of the sensors to take, each as <c>chip;sensor</c>; not together with <c>sensor_exclude</c>.</summary>
    public string SensorInclude { get; init; } = "";

    /// <summary>Expression of the sensors to leave out, each as <c>chip;sensor</c>.</summary>
    public string SensorExclude { get; init; } = "";

    public override void Check(ConfigErrors errors)
    {
        HostPattern.CheckPair(this, ChipInclude, "chip_include", ChipExclude, "chip_exclude", errors);
        HostPattern.CheckPair(this, SensorInclude, "sensor_include", SensorExclude, "sensor_exclude", errors);
    }
}
