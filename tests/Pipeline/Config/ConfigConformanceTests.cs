namespace Streamline.Pipeline.Tests.Config;

/// <summary>Prometheus's own good and bad configuration files.</summary>
public sealed class ConfigConformanceTests
{
    [Fact]
    public void Load_GoodFiles_AllAccepted()
    {
        string[] files = Files("*.good.yml");
        var failures = files.Select(f => (File: f, Result: ConfigLoader.Load(f))).Where(r => !r.Result.IsValid)
            .Select(r => string.Join("\n", r.Result.Errors)).ToList();
        Assert.True(failures.Count == 0, string.Join("\n", failures));
        Assert.True(files.Length >= 50, $"only {files.Length} files found");
    }

    [Fact]
    public void Load_BadFiles_AllRefused()
    {
        string[] files = Files("*.bad.yml");
        Assert.Empty(files.Where(f => ConfigLoader.Load(f).IsValid).Select(Path.GetFileName));
        Assert.True(files.Length >= 140, $"only {files.Length} files found");
    }

    [Theory]
    [InlineData("agent_mode.with_alert_manager.yml")]
    [InlineData("agent_mode.with_alert_relabels.yml")]
    [InlineData("agent_mode.with_remote_reads.yml")]
    [InlineData("agent_mode.with_rule_files.yml")]
    [InlineData("agent_mode.without_remote_writes.yml")]
    public void Load_AgentMode_RefusesWhatIsForServers(string name)
    {
        string file = Path.Combine(Folder(), name);
        Assert.False(ConfigLoader.Load(file, new ConfigLoadOptions { IsAgent = true }).IsValid);
        Assert.True(ConfigLoader.Load(file).IsValid);
    }

    [Theory]
    [InlineData("otlp_allow_utf8.incompatible.yml")]
    [InlineData("otlp_no_translation.incompatible.yml")]
    [InlineData("config_with_deprecated_am_api_config.yml")]
    public void Load_OtherBadFiles_Refused(string name) => Assert.False(ConfigLoader.Load(Path.Combine(Folder(), name)).IsValid);

    internal static string[] Files(string pattern) => [.. Directory.GetFiles(Folder(), pattern, SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    /// <summary>The pipeline.yaml at the top of the repository.</summary>
    internal static string DefaultPipeline()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Streamline.sln"))) folder = folder.Parent!;
        return Path.Combine(folder.FullName, "pipeline.yaml");
    }

    /// <summary>Named by STREAMLINE_CONFIG_CONFORMANCE, else beside the repository; without it the test is a skip that is counted.</summary>
    private static string Folder()
    {
        string? named = Environment.GetEnvironmentVariable("STREAMLINE_CONFIG_CONFORMANCE");
        if (!string.IsNullOrEmpty(named)) return named;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (!File.Exists(Path.Combine(folder.FullName, "Streamline.sln"))) continue;
            string beside = Path.GetFullPath(Path.Combine(folder.FullName, "..", "shared", "conformance", "config"));
            if (Directory.Exists(beside)) return beside;
        }
        Assert.Skip("no folder of configuration files (STREAMLINE_CONFIG_CONFORMANCE)");
        return "";
    }
}
