using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Tests.Config;

/// <summary>Loads configuration text as if it stood in /etc/streamline/pipeline.yaml, with an environment of the test's own.</summary>
internal static class ConfigText
{
    public const string File = "/etc/streamline/pipeline.yaml";

    public static ConfigResult Load(string text, params (string Name, string Value)[] environment) =>
        ConfigLoader.LoadText(text, File, new ConfigLoadOptions
        {
            Environment = name => environment.FirstOrDefault(e => e.Name == name).Value,
            CheckTemplate = template => template.Contains("{{ bad") ? "unclosed action" : null,
        });

    public static StreamlineConfig Good(string text, params (string Name, string Value)[] environment)
    {
        var result = Load(text, environment);
        Assert.True(result.IsValid, string.Join("\n", result.Errors));
        return result.Config!;
    }

    /// <summary>Errors as "line:column path: message (suggestion)".</summary>
    public static string[] Bad(string text)
    {
        var result = Load(text);
        Assert.False(result.IsValid, "the text was accepted");
        Assert.Null(result.Config);
        return [.. result.Errors.Select(e => $"{e.Line}:{e.Column} {e.Path}: {e.Message}{(e.Suggestion is null ? "" : $" ({e.Suggestion})")}")];
    }
}
