namespace Streamline.Storage.Compaction;

/// <summary>What the operating system says of a file system.</summary>
internal static class DiskSpace
{
    /// <summary>Kind of the file system that holds a path, such as <c>ext4</c>; empty when it is not known.</summary>
    public static string FormatOf(string path)
    {
        try
        {
            return new DriveInfo(Path.GetFullPath(path)).DriveFormat;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return "";
        }
    }

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
