namespace Streamline.Pipeline.Config;

/// <summary>
/// Files behind symbolic links. What is mounted into a container (a secret, a certificate, a map of files) is a link that stays while what it leads to is replaced, and the
/// framework gives time and size of the link.
/// </summary>
internal static class LinkedFile
{
    /// <summary>The file at the end of a link; any other file as it is.</summary>
    public static FileInfo TargetOf(FileInfo file)
    {
        if (!file.Exists || !file.Attributes.HasFlag(FileAttributes.ReparsePoint)) return file;
        try
        {
            return file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file;
        }
        catch (IOException)
        {
            // A ring of links: whoever opens it learns that.
            return file;
        }
    }
}
