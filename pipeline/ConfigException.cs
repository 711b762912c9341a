namespace Streamline.Pipeline;

/// <summary>A configuration that cannot be run; all of its errors at once.</summary>
public sealed class ConfigException(IReadOnlyList<ConfigError> errors) : Exception(string.Join("; ", errors.Select(e => e.ToString())))
{
    /// <summary>Every error, in file order.</summary>
    public IReadOnlyList<ConfigError> Errors { get; } = errors;
}
