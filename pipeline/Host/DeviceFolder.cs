namespace Streamline.Pipeline.Host;

/// <summary>A device of /sys with the files that a collector reads of it: the paths are put together once.</summary>
internal sealed class DeviceFolder(string path, string name, int prefix, IReadOnlyList<string> files)
{
    private readonly string[] _files = [.. files.Select(file => $"{path}/{file}")];

    public string Path { get; } = path;

    public string Name { get; } = name;

    /// <summary>The name without what all devices of the folder begin with: cpu3 is 3.</summary>
    public string Number { get; } = name[prefix..];

    /// <summary>Path under the sys path of the file with this place in the collector's list.</summary>
    public string this[int file] => _files[file];

    /// <summary>The number in that file; NaN when there is none.</summary>
    public double Read(HostFiles source, int file) => source.SysNumber(_files[file]);
}
