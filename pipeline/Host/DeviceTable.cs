namespace Streamline.Pipeline.Host;

/// <summary>The devices in a folder of /sys whose names begin so, each with the files that a collector reads of it.</summary>
/// <param name="folder">Under the sys path.</param>
/// <param name="prefix">What a device's name begins with; a digit follows unless it is empty or names are free.</param>
/// <param name="files">Under the device's folder.</param>
/// <param name="isFresh">Whether a new device must be seen at once.</param>
/// <param name="isNameFree">Whether anything may follow the prefix.</param>
internal sealed class DeviceTable(string folder, string prefix, IReadOnlyList<string> files, bool isFresh = false, bool isNameFree = false)
{
    private string[]? _names;
    private DeviceFolder[]? _devices;

    /// <summary>Null when the folder is not there.</summary>
    public DeviceFolder[]? List(HostFiles source)
    {
        string[]? names = isFresh ? source.SysListNow(folder) : source.SysList(folder);
        if (names is null) return null;
        if (ReferenceEquals(names, _names)) return _devices;
        _names = names;
        return _devices = [.. names.Where(Takes).Select(name => new DeviceFolder($"{folder}/{name}", name, prefix.Length, files))];
    }

    private bool Takes(string name) =>
        name.StartsWith(prefix, StringComparison.Ordinal) && (prefix.Length == 0 || isNameFree || (name.Length > prefix.Length && char.IsAsciiDigit(name[prefix.Length])));
}
