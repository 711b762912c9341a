namespace Streamline.Pipeline.Config;

/// <summary>Collects the errors and warnings of one load; a load always goes on to find them all.</summary>
internal sealed class ConfigErrors
{
    private readonly List<ConfigError> _errors = [];
    private readonly List<ConfigError> _warnings = [];

    /// <summary>In file order: as found, files in the order of their first error.</summary>
    public IReadOnlyList<ConfigError> Errors => Sorted(_errors);

    public IReadOnlyList<ConfigError> Warnings => Sorted(_warnings);

    public int Count => _errors.Count;

    public void Add(ConfigPosition at, string path, string message, string? suggestion = null)
    {
        var error = new ConfigError(at.File, at.Line, at.Column, path, message, suggestion);
        if (!_errors.Contains(error)) _errors.Add(error);
    }

    /// <summary>An error of a record's key: at the key's value when it is written, else at the record.</summary>
    public void Add(ConfigNode node, string key, string message) =>
        Add(node.Origin.At(key), key.Length == 0 ? node.Origin.Path : node.Origin.PathOf(key), message);

    public void Warn(ConfigPosition at, string path, string message)
    {
        var warning = new ConfigError(at.File, at.Line, at.Column, path, message);
        if (!_warnings.Contains(warning)) _warnings.Add(warning);
    }

    private static List<ConfigError> Sorted(List<ConfigError> items)
    {
        var files = items.Select(e => e.File).Distinct().ToList();
        return [.. items.OrderBy(e => files.IndexOf(e.File)).ThenBy(e => e.Line).ThenBy(e => e.Column)];
    }
}
