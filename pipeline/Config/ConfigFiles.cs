using System.Text;

namespace Streamline.Pipeline.Config;

/// <summary>Reading files, and the globs that name them.</summary>
internal static class ConfigFiles
{
    /// <summary>A larger file is not a configuration.</summary>
    private const long MaxBytes = 32 << 20;

    // A label with a letter of another encoding would be kept wrong for ever.
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The text of a file; null after an error. Other encodings than UTF-8 are one, except in what is no configuration itself.</summary>
    public static string? Read(string path, ConfigErrors errors, bool isConfig = true)
    {
        try
        {
            if (new FileInfo(path).Length <= MaxBytes) return File.ReadAllText(path, isConfig ? Strict : Encoding.UTF8);
            errors.Add(new ConfigPosition(path, 0, 0), "", "larger than 32 MB");
        }
        catch (DecoderFallbackException)
        {
            errors.Add(new ConfigPosition(path, 0, 0), "", "not valid UTF-8");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            errors.Add(new ConfigPosition(path, 0, 0), "", "cannot be read: " + e.Message);
        }
        return null;
    }

    /// <summary>Null for a glob that may name configuration files, else what is wrong with it. Nothing but the last part may hold a <c>*</c>.</summary>
    public static string? GlobFault(string pattern)
    {
        int star = pattern.IndexOf('*', StringComparison.Ordinal);
        return star >= 0 && pattern.IndexOf('/', star) >= 0 ? $"\"{pattern}\": the last part of a path alone may hold a *" : FilePattern.Fault(pattern);
    }

    /// <summary>Files that a glob names, in name order; none when nothing matches, which is fine.</summary>
    public static IReadOnlyList<string> Expand(string pattern) => [.. FilePattern.Expand(pattern).Where(File.Exists)];

    /// <summary>The folder that relative paths of a file are resolved against.</summary>
    public static string FolderOf(string file) => Path.GetDirectoryName(Path.GetFullPath(file)) ?? "/";
}
