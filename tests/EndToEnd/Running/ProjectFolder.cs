namespace Streamline.EndToEnd.Running;

/// <summary>Where the project stands: the folder with Streamline.sln above the test's binary.</summary>
internal static class ProjectFolder
{
    public static string Root { get; } = Find();

    public static string Executable => Path.Combine(Root, "web", "bin", "Release", "net10.0", "streamline");

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Streamline.sln"))) return folder.FullName;
        }
        throw new DirectoryNotFoundException($"no Streamline.sln above {AppContext.BaseDirectory}");
    }
}
