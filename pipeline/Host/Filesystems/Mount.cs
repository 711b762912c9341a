using System.Text;

namespace Streamline.Pipeline.Host.Filesystems;

/// <summary>A mounted file system, and what it answered last. The figures belong to whoever asks (<see cref="MountProbe"/>) until the round is over.</summary>
internal sealed class Mount(string device, string point, string type, string major, string minor, bool isReadOnly, string pathHere)
{
    // Written by a walk that may hang, read by the collector after it has waited.
    private volatile bool _isStuck;

    public string Device { get; } = device;

    public string Point { get; } = point;

    public string Type { get; } = type;

    public string Major { get; } = major;

    public string Minor { get; } = minor;

    public bool IsReadOnly { get; } = isReadOnly;

    /// <summary>The path as this process finds it, for the system call.</summary>
    public byte[] Path { get; } = Encoding.UTF8.GetBytes(pathHere + '\0');

    /// <summary>Whether a call has not come back: the mount is left alone until it does.</summary>
    public bool IsStuck
    {
        get => _isStuck;
        set => _isStuck = value;
    }

    /// <summary>Why the figures are not there; empty when they are.</summary>
    public string Error { get; set; } = "";

    public FilesystemUse Use { get; set; }

    /// <summary>Whether the other is the same mount, so that what is known of this one holds for it.</summary>
    public bool IsSame(Mount other) => (Device, Point, Type, Major, Minor, IsReadOnly) == (other.Device, other.Point, other.Type, other.Major, other.Minor, other.IsReadOnly);
}
