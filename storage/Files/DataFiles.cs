using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Streamline.Storage.Files;

/// <summary>
/// The file system as the store uses it: whatever changes the disk, and whatever reads what a file holds, goes through the one given with
/// <see cref="TsdbOptions.Files"/>, so that tests can put one in its place that dies, fills up or loses power at a chosen moment. Names are looked at directly.
/// </summary>
internal partial class DataFiles
{
    /// <summary>The real one.</summary>
    public static DataFiles Disk { get; } = new();

    /// <summary>Makes a file for writing and reading; one that exists is emptied with <paramref name="replace"/>, else an error.</summary>
    public virtual DataFile Create(string path, bool replace = false) =>
        new(path, Open(path, replace ? FileMode.Create : FileMode.CreateNew, FileAccess.ReadWrite));

    /// <summary>Opens a file for reading; it may be written, renamed and deleted meanwhile.</summary>
    public virtual DataFile OpenRead(string path) => new(path, Open(path, FileMode.Open, FileAccess.Read));

    /// <summary>Opens a file that exists, to change it.</summary>
    public virtual DataFile OpenWrite(string path) => new(path, Open(path, FileMode.Open, FileAccess.ReadWrite));

    /// <summary>The whole of a file that is known to be small; one larger than <paramref name="mostBytes"/> is damage.</summary>
    public byte[] ReadAll(string path, int mostBytes)
    {
        using var file = OpenRead(path);
        long length = file.Length;
        if (length > mostBytes) throw new StorageCorruptionException(path, 0, $"{length} bytes, which is more than such a file has");
        byte[] bytes = new byte[length];
        int filled = 0;
        for (int read; filled < bytes.Length && (read = file.Read(bytes.AsSpan(filled), filled)) > 0;) filled += read;
        return filled == bytes.Length ? bytes : bytes[..filled];
    }

    /// <summary>Makes a directory and those above it; their names are on the disk when it returns.</summary>
    public void CreateDirectory(string path)
    {
        if (Directory.Exists(path)) return;
        string? parent = Path.GetDirectoryName(Path.GetFullPath(path));
        if (parent is not null) CreateDirectory(parent);
        MakeDirectory(path);
        if (parent is not null) SyncDirectory(parent);
    }

    protected virtual void MakeDirectory(string path) => Directory.CreateDirectory(path);

    /// <summary>Gives a file another name, which it takes over from a file that has it: readers see the one or the other.</summary>
    public virtual void Replace(string from, string to) => File.Move(from, to, overwrite: true);

    /// <summary>Gives a directory another name, which must be free.</summary>
    public virtual void MoveDirectory(string from, string to) => Directory.Move(from, to);

    /// <summary>Gives a file a second name; false where the file system cannot.</summary>
    public virtual bool TryLink(string existing, string name) => !OperatingSystem.IsWindows() && HardLink(existing, name) == 0;

    /// <summary>Deletes a file; none is no error.</summary>
    public virtual void Delete(string path) => File.Delete(path);

    /// <summary>Deletes a directory with all that is in it. Not at once: a crash leaves a part of it.</summary>
    public virtual void DeleteDirectory(string path) => Directory.Delete(path, recursive: true);

    /// <summary>Forces a directory's names to the disk.</summary>
    public virtual void SyncDirectory(string path) => DurableDirectory.Sync(path);

    protected static SafeFileHandle Open(string path, FileMode mode, FileAccess access) =>
        File.OpenHandle(path, mode, access, FileShare.ReadWrite | FileShare.Delete);

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int HardLink(string existing, string name);
}
