using Streamline.Pipeline.Config;

namespace Streamline.Pipeline;

/// <summary>
/// Reads a pipeline.yaml or prometheus.yml with everything that it names: scrape config files and rule files. Never throws for what stands in a
/// file: a bad configuration is a result with all of its errors.
/// </summary>
public static class ConfigLoader
{
    /// <summary>Reads a file.</summary>
    public static ConfigResult Load(string path, ConfigLoadOptions? options = null)
    {
        var errors = new ConfigErrors();
        string? text = ConfigFiles.Read(path, errors);
        return text is null ? Refused(errors) : LoadText(text, path, options, errors);
    }

    /// <summary>Reads text as if it stood in a file: relative paths are resolved against the file's folder.</summary>
    public static ConfigResult LoadText(string text, string path, ConfigLoadOptions? options = null) => LoadText(text, path, options, new ConfigErrors());

    private static ConfigResult LoadText(string text, string path, ConfigLoadOptions? options, ConfigErrors errors)
    {
        var config = new ConfigLoad(options ?? new ConfigLoadOptions(), errors).Run(text, path);
        return errors.Count > 0 ? Refused(errors) : new ConfigResult { Errors = [], Warnings = errors.Warnings, Config = config };
    }

    private static ConfigResult Refused(ConfigErrors errors) => new() { Errors = errors.Errors, Warnings = errors.Warnings };
}
