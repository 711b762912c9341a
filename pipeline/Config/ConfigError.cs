using System.Globalization;

namespace Streamline.Pipeline;

/// <summary>One fault of a configuration file. Lines and columns count from 1; 0 when the fault has no place.</summary>
/// <param name="File">File name as it was reached.</param>
/// <param name="Line">Line.</param>
/// <param name="Column">Column.</param>
/// <param name="Path">Path of the key, <c>scrape_configs[0].job_name</c>.</param>
/// <param name="Message">What is wrong.</param>
/// <param name="Suggestion">The nearest known key or value, if one is near.</param>
public sealed record ConfigError(string File, int Line, int Column, string Path, string Message, string? Suggestion = null)
{
    /// <summary><c>file:line:column: message (did you mean "..."?)</c>.</summary>
    public override string ToString()
    {
        string place = Line > 0 ? string.Create(CultureInfo.InvariantCulture, $"{File}:{Line}:{Column}: ") : File.Length > 0 ? File + ": " : "";
        string where = Path.Length > 0 ? Path + ": " : "";
        string hint = Suggestion is null ? "" : $" (did you mean \"{Suggestion}\"?)";
        return place + where + Message + hint;
    }
}
