using Streamline.Pipeline;

namespace Streamline.Web.Commands;

/// <summary>Faults of a configuration for a person: one a line, with file, line and column.</summary>
internal static class ConfigReport
{
    public static void Print(IReadOnlyList<ConfigError> errors, TextWriter target)
    {
        foreach (var error in errors) target.WriteLine(error);
        target.WriteLine(errors.Count == 1 ? "1 error" : $"{errors.Count} errors");
    }
}
