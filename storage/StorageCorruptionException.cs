namespace Streamline.Storage;

/// <summary>A file does not hold what its format says: which file, at which byte, and what was found.</summary>
public sealed class StorageCorruptionException(string file, long offset, string reason, Exception? inner = null)
    : IOException($"{file}: offset {offset}: {reason}", inner)
{
    /// <summary>The file's path.</summary>
    public string File { get; } = file;

    /// <summary>Byte offset in the file.</summary>
    public long Offset { get; } = offset;
}
