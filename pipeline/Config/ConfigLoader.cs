using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Streamline.Pipeline.Config;

namespace Streamline.Pipeline;

/// <summary>
/// Reads a pipeline.yaml or prometheus.yml with everything that it names: scrape config files and rule files. Never throws for what stands in a
/// file: a bad configuration is a result with all of its errors.
/// </summary>
public static class ConfigLoader
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Reads a file.</summary>
    public static ConfigResult Load(string path, ConfigLoadOptions? options = null)
    {
        var errors = new ConfigErrors();
        string? text = ConfigFiles.Read(path, errors);
        return text is null ? Refused(errors) : LoadText(text, path, options, errors);
    }

    /// <summary>Reads text as if it stood in a file: relative paths are resolved against the file's folder.</summary>
    public static ConfigResult LoadText(string text, string path, ConfigLoadOptions? options = null) => LoadText(text, path, options, new ConfigErrors());

    /// <summary>Reads a rule file by itself, as it would be read under <c>rule_files</c>; rules that stand there twice are a warning.</summary>
    public static ConfigResult LoadRules(string path, ConfigLoadOptions? options = null)
    {
        var errors = new ConfigErrors();
        string? text = ConfigFiles.Read(path, errors);
        return text is null ? Refused(errors) : LoadRules(text, path, options, errors);
    }

    /// <summary>Reads the text of a rule file.</summary>
    public static ConfigResult LoadRulesText(string text, string path, ConfigLoadOptions? options = null) => LoadRules(text, path, options, new ConfigErrors());

    /// <summary>The JSON schema of pipeline.yaml, for editors: made from the classes that loading binds.</summary>
    public static string Schema() => Print(ConfigSchema.Of<StreamlineConfig>("Streamline's pipeline.yaml, a superset of prometheus.yml"));

    /// <summary>The JSON schema of rule files.</summary>
    public static string RuleFileSchema() => Print(ConfigSchema.Of<RuleFileConfig>("Rule files of Prometheus and Streamline"));

    private static string Print(JsonObject schema) => schema.ToJsonString(Indented);

    private static ConfigResult LoadText(string text, string path, ConfigLoadOptions? options, ConfigErrors errors) =>
        Finished(new ConfigLoad(options ?? new ConfigLoadOptions(), errors).Run(text, path), errors);

    private static ConfigResult LoadRules(string text, string path, ConfigLoadOptions? options, ConfigErrors errors) =>
        Finished(new ConfigLoad(options ?? new ConfigLoadOptions(), errors).RunRules(text, path), errors);

    private static ConfigResult Finished(StreamlineConfig config, ConfigErrors errors) =>
        errors.Count > 0 ? Refused(errors) : new ConfigResult { Errors = [], Warnings = errors.Warnings, Config = config };

    private static ConfigResult Refused(ConfigErrors errors) => new() { Errors = errors.Errors, Warnings = errors.Warnings };
}
