namespace Streamline.Conformance;

/// <summary>Where scripts and cases lie: our own in the project, those of others beside it (never copied).</summary>
internal static class ScriptFolders
{
    public static string Project { get; } = Path.Combine(Root(), "tests", "Conformance");

    public static string Own => Path.Combine(Project, "scripts");

    public static string Baseline => Path.Combine(Project, "baseline.txt");

    /// <summary>The folder that STREAMLINE_PROMQLTEST names, else <c>shared/conformance/promqltest</c> beside the project or above; null if there is none.</summary>
    public static string? Prometheus() => Beside("promqltest", "STREAMLINE_PROMQLTEST");

    /// <summary>The same for the folder <c>tests/testdata/parsers</c> of the OpenMetrics repository: STREAMLINE_OPENMETRICS, <c>shared/conformance/openmetrics</c>.</summary>
    public static string? OpenMetrics() => Beside("openmetrics", "STREAMLINE_OPENMETRICS");

    private static string? Beside(string name, string variable)
    {
        if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } named) return Directory.Exists(named) ? named : null;
        for (DirectoryInfo? folder = Directory.GetParent(Root()); folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, "shared", "conformance", name);
            if (Directory.Exists(candidate)) return candidate;
        }
        return null;
    }

    private static string Root()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Streamline.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException($"no Streamline.sln above {AppContext.BaseDirectory}");
    }
}
