namespace Streamline.Pipeline.Config;

/// <summary>This machine's metrics, named as node_exporter names them. Its flags have their keys here: --collector.NAME.SOME-FLAG is <c>collector: {NAME: {some_flag: ...}}</c>.</summary>
internal sealed record HostSourceConfig : ConfigNode
{
    public string Name { get; init; } = "";

    /// <summary>Not written: the global scrape interval.</summary>
    public TimeSpan Interval { get; init; }

    /// <summary>Over the labels <c>job="node"</c> and <c>instance</c>.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = ConfigDefaults.NoStrings;

    /// <summary>Where the proc file system is, for containers (--path.procfs).</summary>
    public string ProcPath { get; init; } = "/proc";

    /// <summary>Where the sys file system is (--path.sysfs).</summary>
    public string SysPath { get; init; } = "/sys";

    /// <summary>Prefix of the mount points when the host's root is mounted elsewhere (--path.rootfs).</summary>
    public string RootfsPath { get; init; } = "/";

    /// <summary>Where udev keeps what it knows of devices (--path.udev.data).</summary>
    public string UdevDataPath { get; init; } = "/run/udev/data";

    /// <summary>Only the collectors under <c>enable</c> run (--collector.disable-defaults).</summary>
    public bool DisableDefaults { get; init; }

    /// <summary>Collectors that run although the defaults are disabled (--collector.NAME).</summary>
    public IReadOnlyList<HostCollector> Enable { get; init; } = [];

    /// <summary>Collectors that do not run (--no-collector.NAME).</summary>
    public IReadOnlyList<HostCollector> Disable { get; init; } = [];

    /// <summary>Settings of single collectors.</summary>
    public HostCollectorConfig Collector { get; init; } = new();

    /// <summary>The collectors that run, in order of their names.</summary>
    [NotBound]
    public IReadOnlyList<HostCollector> Collectors =>
        [.. Enum.GetValues<HostCollector>().Where(c => Enable.Contains(c) || (!DisableDefaults && !Disable.Contains(c)))];

    public override void Check(ConfigErrors errors)
    {
        foreach (var both in Enable.Intersect(Disable)) errors.Add(this, "disable", $"the collector {EnumNames.Of(typeof(HostCollector)).Scalar.Format(both)} is enabled too");
        if (Collectors.Count == 0) errors.Add(this, "enable", "no collector is left: with disable_defaults, enable names those that run");
    }
}
