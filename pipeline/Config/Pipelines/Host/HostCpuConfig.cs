namespace Streamline.Pipeline.Config;

/// <summary>Settings of the collector cpu.</summary>
internal sealed record HostCpuConfig : ConfigNode
{
    /// <summary>Whether <c>node_cpu_guest_seconds_total</c> is given.</summary>
    public bool Guest { get; init; } = true;

    /// <summary>Whether <c>node_cpu_info</c> is given, from /proc/cpuinfo.</summary>
    public bool Info { get; init; }

    /// <summary>Expression of the processor's flags to show as <c>node_cpu_flag_info</c>; turns <c>info</c> on.</summary>
    public string InfoFlagsInclude { get; init; } = "";

    /// <summary>Expression of the processor's bugs to show as <c>node_cpu_bug_info</c>; turns <c>info</c> on.</summary>
    public string InfoBugsInclude { get; init; } = "";

    [NotBound]
    public bool HasInfo => Info || InfoFlagsInclude.Length > 0 || InfoBugsInclude.Length > 0;

    public override void Check(ConfigErrors errors)
    {
        HostPattern.Check(this, "info_flags_include", InfoFlagsInclude, errors);
        HostPattern.Check(this, "info_bugs_include", InfoBugsInclude, errors);
    }
}
