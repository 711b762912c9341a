namespace Streamline.Storage;

/// <summary>The data directory is in use by another process; the message is one line that says which and what to do.</summary>
public sealed class TsdbLockedException(string directory)
    : IOException($"data directory {directory} is in use by another process: stop it, or give this one its own --storage.tsdb.path")
{
    /// <summary>The directory.</summary>
    public string Directory { get; } = directory;
}
