using Microsoft.Extensions.Logging;
using Streamline.Storage;

namespace Streamline.Pipeline.Host.Textfile;

/// <summary>The files that end in .prom in the folders of the configuration; a folder's path may hold wildcards (Go's: * ? [...]).</summary>
internal sealed partial class TextfileFolders(IReadOnlyList<string> patterns, ILogger logger)
{
    private readonly HashSet<string> _missing = new(StringComparer.Ordinal);

    /// <summary>Paths in order of folder and name; false when a folder cannot be read.</summary>
    public bool TryList(List<string> files)
    {
        bool isGood = true;
        foreach (string pattern in patterns)
        {
            foreach (string folder in Folders(pattern)) isGood &= TryList(folder, files);
        }
        return isGood;
    }

    // Whatever ends so is taken for a file, also a folder: whoever reads it then says that it is none.
    private bool TryList(string folder, List<string> files)
    {
        try
        {
            files.AddRange(Directory.EnumerateFileSystemEntries(folder).Where(path => path.EndsWith(".prom", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
            _missing.Remove(folder);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Once, not each round.
            if (_missing.Add(folder)) LogMissing(folder, error.Message);
            return false;
        }
    }

    // A pattern that matches nothing, is none, or leads through a folder that cannot be read is taken as a folder, so that its absence is told.
    private static List<string> Folders(string pattern)
    {
        if (!pattern.AsSpan().ContainsAny("*?[")) return [pattern];
        try
        {
            IEnumerable<string> found = ["/"];
            foreach (string part in pattern.Split('/', StringSplitOptions.RemoveEmptyEntries)) found = found.SelectMany(folder => Expand(folder, part));
            var folders = found.ToList();
            return folders.Count > 0 ? folders : [pattern];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or FormatException)
        {
            return [pattern];
        }
    }

    private static IEnumerable<string> Expand(string folder, string part)
    {
        if (!part.AsSpan().ContainsAny("*?[")) return Directory.Exists(Path.Combine(folder, part)) ? [Path.Combine(folder, part)] : [];
        var name = new LabelMatcher(MatchOperator.Regex, "name", string.Concat(part.Select(c => c switch
        {
            '*' => ".*",
            '?' => ".",
            '.' or '+' or '(' or ')' or '|' or '{' or '}' or '$' => "\\" + c,
            _ => c.ToString(),
        })));
        return Directory.Exists(folder) ? Directory.EnumerateDirectories(folder).Where(d => name.Matches(HostSeries.Utf8(Path.GetFileName(d)))).Order(StringComparer.Ordinal) : [];
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "textfile collector: the folder {Folder} cannot be read: {Reason}")]
    private partial void LogMissing(string folder, string reason);
}
