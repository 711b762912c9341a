using System.Text;
using System.Text.RegularExpressions;

namespace Streamline.Pipeline.Config;

/// <summary>
/// Fills <c>${env:NAME}</c>, <c>${env:NAME:-default}</c> and <c>${file:/path}</c> into a scalar, after YAML parsing: what is filled in
/// can never change the structure. Any other <c>${...}</c> is literal, since Prometheus's files are full of <c>${1}</c>.
/// </summary>
internal sealed partial class ConfigFilling(Func<string, string?> environment, ConfigSources sources)
{
    /// <summary>A secret is a line; a larger file is the wrong one.</summary>
    private const int MaxFileBytes = 1 << 20;

    /// <summary>The text filled in, or null and the reason.</summary>
    public string? Fill(string text, string folder, out string? failure)
    {
        string? reason = null;
        string filled = Reference().Replace(text, match =>
        {
            string? value = match.Groups["file"].Success ? ReadFile(match.Groups["file"].Value, folder, ref reason) : ReadEnvironment(match, ref reason);
            return value ?? "";
        });
        failure = reason;
        return reason is null ? filled : null;
    }

    public static bool HasReference(string text) => text.Contains("${", StringComparison.Ordinal) && Reference().IsMatch(text);

    private string? ReadEnvironment(Match match, ref string? failure)
    {
        string name = match.Groups["name"].Value;
        string? value = environment(name);
        // As in a shell, ":-" also stands in for an empty value.
        if (match.Groups["default"].Success) return string.IsNullOrEmpty(value) ? match.Groups["default"].Value : value;
        if (value is null) failure ??= $"environment variable {name} is not set, and no default is given (${{env:{name}:-default}})";
        return value;
    }

    private string? ReadFile(string name, string folder, ref string? failure)
    {
        string path = Path.GetFullPath(Path.Combine(folder, name));
        try
        {
            using var stream = File.OpenRead(path);
            byte[] bytes = new byte[MaxFileBytes + 1];
            int count = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            if (count <= MaxFileBytes)
            {
                string text = Encoding.UTF8.GetString(bytes, 0, count).TrimStart('\uFEFF');
                sources.Add(path, text);
                return text.TrimEnd('\r', '\n');
            }
            failure ??= $"file {path} is larger than 1 MB";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            failure ??= $"cannot read file {path}: {e.Message}";
        }
        return null;
    }

    [GeneratedRegex(@"\$\{(?:env:(?<name>[A-Za-z_][A-Za-z0-9_]*)(?::-(?<default>[^}]*))?|file:(?<file>[^}]+))\}")]
    private static partial Regex Reference();
}
