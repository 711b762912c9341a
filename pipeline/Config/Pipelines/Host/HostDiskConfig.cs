namespace Streamline.Pipeline.Config;

/// <summary>Settings of the collector diskstats.</summary>
internal sealed record HostDiskConfig : ConfigNode
{
    /// <summary>Partitions, and devices without a disk behind them.</summary>
    public const string DefaultExclude = @"^(z?ram|loop|fd|(h|s|v|xv)d[a-z]|nvme\d+n\d+p)\d+$";

    /// <summary>Expression of the devices to take; not together with <c>device_exclude</c>.</summary>
    public string DeviceInclude { get; init; } = "";

    /// <summary>Expression of the devices to leave out. Not written: partitions and devices without a disk behind them, or nothing when <c>device_include</c> is written.</summary>
    public string? DeviceExclude { get; init; }

    [NotBound]
    public string Exclude => DeviceExclude ?? (DeviceInclude.Length > 0 ? "" : DefaultExclude);

    public override void Check(ConfigErrors errors) => HostPattern.CheckPair(this, DeviceInclude, "device_include", DeviceExclude, "device_exclude", errors);
}
