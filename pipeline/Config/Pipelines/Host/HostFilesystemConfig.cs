namespace Streamline.Pipeline.Config;

/// <summary>Settings of the collector filesystem.</summary>
internal sealed record HostFilesystemConfig : ConfigNode
{
    public const string DefaultMountPointsExclude = "^/(dev|proc|run/credentials/.+|sys|var/lib/docker/.+|var/lib/containers/storage/.+)($|/)";

    public const string DefaultFsTypesExclude =
        "^(autofs|binfmt_misc|bpf|cgroup2?|configfs|debugfs|devpts|devtmpfs|fusectl|hugetlbfs|iso9660|mqueue|nsfs|overlay|proc|procfs|pstore|rpc_pipefs|securityfs|selinuxfs|squashfs|erofs|sysfs|tracefs)$";

    /// <summary>Expression of the mount points to take; not together with <c>mount_points_exclude</c>.</summary>
    public string MountPointsInclude { get; init; } = "";

    /// <summary>Expression of the mount points to leave out. Not written: those of the system itself and of containers, or nothing when <c>mount_points_include</c> is written.</summary>
    public string? MountPointsExclude { get; init; }

    /// <summary>Expression of the file system types to take; not together with <c>fs_types_exclude</c>.</summary>
    public string FsTypesInclude { get; init; } = "";

    /// <summary>Expression of the file system types to leave out. Not written: those without storage of their own, or nothing when <c>fs_types_include</c> is written.</summary>
    public string? FsTypesExclude { get; init; }

    /// <summary>A file system that does not answer within this time is left alone until it does, and has a <c>device_error</c>.</summary>
    public TimeSpan MountTimeout { get; init; } = TimeSpan.FromSeconds(5);

    [NotBound]
    public string ExcludedMountPoints => MountPointsExclude ?? (MountPointsInclude.Length > 0 ? "" : DefaultMountPointsExclude);

    [NotBound]
    public string ExcludedFsTypes => FsTypesExclude ?? (FsTypesInclude.Length > 0 ? "" : DefaultFsTypesExclude);

    public override void Check(ConfigErrors errors)
    {
        HostPattern.CheckPair(this, MountPointsInclude, "mount_points_include", MountPointsExclude, "mount_points_exclude", errors);
        HostPattern.CheckPair(this, FsTypesInclude, "fs_types_include", FsTypesExclude, "fs_types_exclude", errors);
        if (MountTimeout <= TimeSpan.Zero) errors.Add(this, "mount_timeout", "must be more than 0s");
    }
}
