using System.Text.RegularExpressions;

namespace Streamline.Pipeline.Config;

/// <summary>Reading files, and the globs that name them.</summary>
internal static class ConfigFiles
{
    /// <summary>A larger file is not a configuration.</summary>
    private const long MaxBytes = 32 << 20;

    /// <summary>The text of a file; null after an error.</summary>
    public static string? Read(string path, ConfigErrors errors)
    {
        try
        {
            if (new FileInfo(path).Length <= MaxBytes) return File.ReadAllText(path);
            errors.Add(new ConfigPosition(path, 0, 0), "", "larger than 32 MB");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            errors.Add(new ConfigPosition(path, 0, 0), "", "cannot be read: " + e.Message);
        }
        return null;
    }

    /// <summary>The last part alone may hold wildcards.</summary>
    public static bool IsGoodGlob(string pattern) => !HasWildcard(Path.GetDirectoryName(pattern) ?? "");

    /// <summary>Files that a glob (Go's: * ? [...]) names, in name order; none when nothing matches, which is fine.</summary>
    public static IReadOnlyList<string> Expand(string pattern)
    {
        string folder = Path.GetDirectoryName(pattern) ?? "";
        string name = Path.GetFileName(pattern);
        if (!HasWildcard(name)) return File.Exists(pattern) ? [pattern] : [];
        if (!Directory.Exists(folder)) return [];
        string regex = string.Concat(name.Select(c => c switch
        {
            '*' => ".*",
            '?' => ".",
            '[' or ']' or '-' or '^' => c.ToString(),
            _ => Regex.Escape(c.ToString()),
        }));
        var match = new Regex($"^{regex}$", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        return [.. Directory.EnumerateFiles(folder).Where(f => match.IsMatch(Path.GetFileName(f))).Order(StringComparer.Ordinal)];
    }

    /// <summary>The folder that relative paths of a file are resolved against.</summary>
    public static string FolderOf(string file) => Path.GetDirectoryName(Path.GetFullPath(file)) ?? "/";

    private static bool HasWildcard(string text) => text.AsSpan().IndexOfAny('*', '?', '[') >= 0;
}
