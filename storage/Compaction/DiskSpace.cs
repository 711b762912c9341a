namespace Streamline.Storage.Compaction;

/// <summary>What the operating system says of a file system.</summary>
internal static class DiskSpace
{
    /// <summary>Size of the file system that holds a path, 0 when it is not known.</summary>
    public static long TotalBytes(string path)
    {
        try
        {
            return new DriveInfo(Path.GetFullPath(path)).TotalSize;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return 0;
        }
    }
}
