using Streamline.Pipeline.Config;

namespace Streamline.Pipeline;

/// <summary>What reading a configuration gave: a configuration, or all of its errors.</summary>
public sealed class ConfigResult
{
    /// <summary>True without errors.</summary>
    public bool IsValid => Errors.Count == 0;

    /// <summary>Every error found, in file order.</summary>
    public required IReadOnlyList<ConfigError> Errors { get; init; }

    /// <summary>Keys and mechanisms that are accepted but have no effect yet.</summary>
    public required IReadOnlyList<ConfigError> Warnings { get; init; }

    /// <summary>Null with errors.</summary>
    internal StreamlineConfig? Config { get; init; }
}
