using System.Text;

namespace Streamline.Pipeline.Host.Filesystems;

/// <summary>The machine's mounts, from the mountinfo of its first process (proc(5)); parsed only when the file has changed.</summary>
internal sealed class MountTable(Func<string, string, bool> takes)
{
    private byte[] _text = [];
    private byte[] _lastText = [];
    private int _lastLength = -1;
    private List<Mount> _mounts = [];

    /// <summary>The mounts whose point and type are taken; null when the file cannot be read.</summary>
    public IReadOnlyList<Mount>? Read(HostFiles files)
    {
        if (!files.TryProc("1/mountinfo", ref _text, out var text) && !files.TryProc("self/mountinfo", ref _text, out text)) return null;
        if (text.SequenceEqual(_lastText.AsSpan(0, Math.Max(0, _lastLength))) && _lastLength >= 0) return _mounts;
        _lastText = text.ToArray();
        _lastLength = text.Length;
        return _mounts = Parse(text, files.Paths, _mounts);
    }

    private List<Mount> Parse(ReadOnlySpan<byte> text, HostPaths paths, List<Mount> before)
    {
        var mounts = new List<Mount>();
        foreach (string line in Encoding.UTF8.GetString(text).Split('\n'))
        {
            if (Parse(line, paths) is not { } mount || !takes(mount.Point, mount.Type) || mounts.Exists(m => m.IsSame(mount))) continue;
            // A mount that hangs must stay known as hanging.
            mounts.Add(before.Find(b => b.IsSame(mount)) ?? mount);
        }
        return mounts;
    }

    // 36 35 98:0 /root /point rw,noatime master:1 - ext3 /dev/root rw,errors=continue: any number of optional fields before the dash; the device may be the empty text.
    private static Mount? Parse(string line, HostPaths paths)
    {
        string[] fields = line.Split(' ');
        int dash = Array.IndexOf(fields, "-", Math.Min(6, fields.Length));
        if (dash < 0 || fields.Length < dash + 3 || fields[2].Split(':') is not [var major, var minor]) return null;
        string superOptions = fields.Length > dash + 3 ? fields[dash + 3] : "";
        bool isReadOnly = Has(fields[5], "ro") || Has(superOptions, "ro") || Has(superOptions, "emergency_ro");
        string point = Unescape(fields[4]);
        string name = paths.FromRoot(point);
        return new Mount(fields[dash + 2], name, fields[dash + 1], major, minor, isReadOnly, paths.InRoot(name));
    }

    private static bool Has(string options, string option) => options.Split(',').Contains(option);

    // Spaces and tabs in names stand as octal escapes in the file.
    private static string Unescape(string text) => text.Replace(@"\040", " ", StringComparison.Ordinal).Replace(@"\011", "\t", StringComparison.Ordinal);
}
