using System.Runtime.InteropServices;
using System.Text;

namespace Streamline.Pipeline.Host;

/// <summary>
/// Reads the small files of /proc and /sys into one buffer that is used again, and remembers paths and listings. Where these file systems are mounted can be
/// set. Hot path: reading a file met before allocates nothing and costs its three or four system calls (a file handle of .NET costs three more and an object).
/// </summary>
internal sealed class HostFiles(HostPaths paths, TimeProvider time)
{
    /// <summary>Files of /proc grow with devices, mounts and sockets (128 bytes each): one larger than this is cut off rather than believed.</summary>
    public const int MaxBytes = 32 << 20;

    // A file of /sys is one page at most and comes whole with the first read.
    private const int SysFileBytes = 4096;

    // Devices come and go; a machine that makes up names without end must not fill the memory.
    private const int MaxRemembered = 20_000;

    // PATH_MAX of Linux.
    private const int MaxPathBytes = 4096;

    // Without waiting: a pipe that someone left in place of a file must not hold up the round.
    private const int ReadOnlyCloseOnExecNonBlocking = 0x80800;

    private const int SeekCurrent = 1;

    // Devices are plugged in by hand: a new one may wait this long, and looking for them each time costs more than reading them.
    private static readonly TimeSpan ListAgainAfter = TimeSpan.FromSeconds(30);

    private readonly Dictionary<string, byte[]> _procPaths = new(StringComparer.Ordinal);
    private readonly Dictionary<string, byte[]> _sysPaths = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Listing> _procListings = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Listing> _sysListings = new(StringComparer.Ordinal);
    private byte[] _buffer = new byte[16 << 10];

    private readonly record struct Listing(string[]? Names, long At);

    public HostPaths Paths { get; } = paths;

    public TimeProvider Time { get; } = time;

    /// <summary>Contents of a file under the proc path, valid until the next read; false when it cannot be read.</summary>
    public bool TryProc(string name, out ReadOnlySpan<byte> content) => TryRead(Remembered(_procPaths, Paths.Proc, name), 0, out content);

    /// <summary>The same in an array of the caller, for one who reads other files while walking this one.</summary>
    public bool TryProc(string name, ref byte[] kept, out ReadOnlySpan<byte> content)
    {
        if (!TryProc(name, out content)) return false;
        if (kept.Length < content.Length) kept = new byte[Math.Max(content.Length, kept.Length * 2)];
        content.CopyTo(kept);
        content = kept.AsSpan(0, content.Length);
        return true;
    }

    /// <summary>Contents of a file under the sys path, valid until the next read; false when it cannot be read.</summary>
    public bool TrySys(string name, out ReadOnlySpan<byte> content) => TryRead(Remembered(_sysPaths, Paths.Sys, name), SysFileBytes, out content);

    /// <summary>The same without white space around it.</summary>
    public bool TrySysText(string name, out ReadOnlySpan<byte> text)
    {
        bool found = TrySys(name, out var content);
        text = content.Trim(" \t\r\n"u8);
        return found;
    }

    /// <summary>The same as a string; null when the file cannot be read. For what is read once or seldom.</summary>
    public string? SysString(string name) => TrySysText(name, out var text) ? Encoding.UTF8.GetString(text) : null;

    /// <summary>The number that is all of a file under the sys path; NaN when there is none.</summary>
    public double SysNumber(string name) => TrySysText(name, out var text) ? FieldReader.Parse(text) : double.NaN;

    /// <summary>The number that is all of a file under the proc path; NaN when there is none.</summary>
    public double ProcNumber(string name) => TryProc(name, out var text) ? FieldReader.Parse(text.Trim(" \t\r\n"u8)) : double.NaN;

    /// <summary>Names in a folder under the sys path, sorted; null when it is not there. May be half a minute old; the same list while nothing changes.</summary>
    public string[]? SysList(string folder) => List(_sysListings, Paths.Sys, folder);

    /// <summary>The same under the proc path.</summary>
    public string[]? ProcList(string folder) => List(_procListings, Paths.Proc, folder);

    /// <summary>Names in a folder under the sys path as they are now.</summary>
    public string[]? SysListNow(string folder) => ListNow(_sysListings, Paths.Sys, folder, _sysListings.GetValueOrDefault(folder).Names);

    /// <summary>Contents of any file but a pipe, for what is read seldom.</summary>
    public bool TryPath(string path, out ReadOnlySpan<byte> content) => TryRead(PathBytes(path), 0, out content, isFile: true);

    /// <summary>Where a path under the sys path leads once every link is followed; null when nowhere.</summary>
    public string? RealSysPath(string name)
    {
        byte[] resolved = new byte[MaxPathBytes];
        if (RealPath(PathBytes(Path.Combine(Paths.Sys, name)), resolved) == 0) return null;
        return Encoding.UTF8.GetString(resolved.AsSpan(0, resolved.AsSpan().IndexOf((byte)0)));
    }

    private string[]? List(Dictionary<string, Listing> listings, string root, string folder)
    {
        bool known = listings.TryGetValue(folder, out var listing);
        return known && Time.GetElapsedTime(listing.At) < ListAgainAfter ? listing.Names : ListNow(listings, root, folder, listing.Names);
    }

    private string[]? ListNow(Dictionary<string, Listing> listings, string root, string folder, string[]? before)
    {
        string[]? names = NamesIn(Path.Combine(root, folder));
        if (names is not null && before is not null && names.AsSpan().SequenceEqual(before)) names = before;
        if (listings.Count >= MaxRemembered) listings.Clear();
        listings[folder] = new Listing(names, Time.GetTimestamp());
        return names;
    }

    private static string[]? NamesIn(string path)
    {
        try
        {
            if (!Directory.Exists(path)) return null;
            string[] names = [.. Directory.EnumerateFileSystemEntries(path).Select(entry => Path.GetFileName(entry))];
            Array.Sort(names, StringComparer.Ordinal);
            return names;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static byte[] Remembered(Dictionary<string, byte[]> known, string root, string name)
    {
        if (known.TryGetValue(name, out byte[]? path)) return path;
        if (known.Count >= MaxRemembered) known.Clear();
        return known[name] = PathBytes(Path.Combine(root, name));
    }

    private static byte[] PathBytes(string path) => Encoding.UTF8.GetBytes(path + '\0');

    private bool TryRead(byte[] path, int wholeBelow, out ReadOnlySpan<byte> content, bool isFile = false)
    {
        content = default;
        int file = HostCalls.Open(path, ReadOnlyCloseOnExecNonBlocking);
        if (file < 0) return false;
        int used = isFile && Seek(file, 0, SeekCurrent) < 0 ? -1 : ReadAll(file, wholeBelow);
        _ = HostCalls.Close(file);
        if (used < 0) return false;
        content = _buffer.AsSpan(0, used);
        return true;
    }

    private int ReadAll(int file, int wholeBelow)
    {
        int used = 0;
        while (used < MaxBytes)
        {
            int read = (int)Read(file, ref _buffer[used], _buffer.Length - used);
            if (read < 0) return -1;
            used += read;
            if (read == 0 || used < wholeBelow) break;
            if (used == _buffer.Length) Array.Resize(ref _buffer, _buffer.Length * 2);
        }
        return used;
    }

    [DllImport("libc", EntryPoint = "read")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint Read(int file, ref byte buffer, nint length);

    [DllImport("libc", EntryPoint = "lseek")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint Seek(int file, nint offset, int from);

    [DllImport("libc", EntryPoint = "realpath")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint RealPath(byte[] path, byte[] resolved);
}
