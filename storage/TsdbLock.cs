using Streamline.Storage.Files;

namespace Streamline.Storage;

/// <summary>
/// The file <c>lock</c> in the data directory under the operating system's lock (flock, as Prometheus takes it), so that a file left by a dead process
/// keeps nobody out.
/// </summary>
internal sealed class TsdbLock : IDisposable
{
    /// <summary>Its name in the data directory.</summary>
    public const string FileName = "lock";

    private readonly DataFiles _files;
    private readonly string _path;
    private readonly FileStream _file;

    private TsdbLock(DataFiles files, string path, FileStream file, bool foundFile) => (_files, _path, _file, FoundFile) = (files, path, file, foundFile);

    /// <summary>A lock file was there: the process before this one did not end cleanly.</summary>
    public bool FoundFile { get; }

    /// <exception cref="TsdbLockedException">Another process holds it.</exception>
    public static TsdbLock Take(DataFiles files, string directory)
    {
        string path = Path.Combine(directory, FileName);
        bool found = File.Exists(path);
        try
        {
            return new TsdbLock(files, path, new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None), found);
        }
        catch (IOException) when (File.Exists(path))
        {
            throw new TsdbLockedException(directory);
        }
    }

    /// <summary>Deletes the file while it is still locked, then lets go.</summary>
    public void Dispose()
    {
        using (_file) _files.Delete(_path);
    }

    /// <summary>As a crash leaves it: unlocked, the file in place. For tests.</summary>
    internal void Abandon() => _file.Dispose();
}
