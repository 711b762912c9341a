namespace Streamline.Pipeline.Host;

/// <summary>Where the machine's file systems are mounted: elsewhere than usual in a container and in tests. The rootfs is a prefix of mount points and of /etc.</summary>
internal sealed record HostPaths(string Proc, string Sys, string Rootfs, string UdevData)
{
    /// <summary>A path of the machine as this process finds it.</summary>
    public string InRoot(string path) => Rootfs == "/" ? path : Rootfs.TrimEnd('/') + path;

    /// <summary>The same path as the machine itself calls it.</summary>
    public string FromRoot(string path)
    {
        if (Rootfs == "/" || !path.StartsWith(Rootfs, StringComparison.Ordinal)) return path;
        string rest = path[Rootfs.Length..];
        return rest.Length == 0 ? "/" : rest;
    }
}
