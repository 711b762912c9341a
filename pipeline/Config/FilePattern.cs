using System.Text.RegularExpressions;

namespace Streamline.Pipeline.Config;

/// <summary>
/// Patterns of rule files, scrape config files and file_sd (Go's filepath.Glob): <c>*</c> and <c>?</c> within a part of the path, <c>[a-z]</c> and <c>[^a-z]</c>, <c>\</c> before a character that means itself.
/// </summary>
internal static partial class FilePattern
{
    /// <summary>Existing paths that match, sorted; names that cannot be listed match nothing.</summary>
    /// <exception cref="FormatException">A class is not closed.</exception>
    public static IReadOnlyList<string> Expand(string pattern)
    {
        if (!IsPattern(pattern)) return Path.Exists(pattern) ? [pattern] : [];
        string folder = Path.GetDirectoryName(pattern) ?? "/";
        var name = ToRegex(Path.GetFileName(pattern));
        var folders = IsPattern(folder) ? Expand(folder) : [folder];
        return [.. folders.SelectMany(f => Names(f, name)).Order(StringComparer.Ordinal)];
    }

    /// <summary>Null for a pattern that <see cref="Expand"/> takes, else what is wrong with it.</summary>
    public static string? Fault(string pattern)
    {
        try
        {
            for (string? part = pattern; !string.IsNullOrEmpty(part); part = Path.GetDirectoryName(part)) _ = ToRegex(Path.GetFileName(part));
            return null;
        }
        catch (FormatException fault)
        {
            return fault.Message;
        }
    }

    private static bool IsPattern(string path) => path.AsSpan().IndexOfAny("*?[\\") >= 0;

    private static IEnumerable<string> Names(string folder, Regex name)
    {
        try
        {
            return [.. Directory.EnumerateFileSystemEntries(folder.Length == 0 ? "." : folder).Select(Path.GetFileName).OfType<string>()
                .Where(n => name.IsMatch(n)).Select(n => Path.Combine(folder, n))];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static Regex ToRegex(string pattern)
    {
        string text = Tokens().Replace(pattern, token => token.Value switch
        {
            "*" => ".*",
            "?" => ".",
            ['\\', var escaped] => Regex.Escape(escaped.ToString()),
            ['[', .. var inside, ']'] => $"[{inside.Replace("[", "\\[", StringComparison.Ordinal)}]",
            "[" or "\\" => throw new FormatException($"\"{pattern}\" is not a valid pattern: a class is not closed or nothing follows a backslash"),
            var plain => Regex.Escape(plain),
        });
        return new Regex($"^(?:{text})\\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.Singleline);
    }

    [GeneratedRegex("""\\.|\[\^?(?:\\.|[^\]\\])+\]|[^\\]|\\""", RegexOptions.Singleline)]
    private static partial Regex Tokens();
}
