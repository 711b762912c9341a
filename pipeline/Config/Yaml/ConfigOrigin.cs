using System.Collections.Frozen;

namespace Streamline.Pipeline.Config;

/// <summary>Where a mapping stands and which of its keys were written: the positions of later errors, and "set or inherited".</summary>
internal sealed class ConfigOrigin(ConfigPosition position, string path, IReadOnlyDictionary<string, ConfigPosition> keys)
{
    public static readonly ConfigOrigin None = new(ConfigPosition.None, "", FrozenDictionary<string, ConfigPosition>.Empty);

    public ConfigPosition Position { get; } = position;

    /// <summary>Path from the root of its file, <c>scrape_configs[0].relabel_configs[2]</c>.</summary>
    public string Path { get; } = path;

    public bool Has(string key) => keys.ContainsKey(key);

    /// <summary>Position of a key's value, else of the mapping.</summary>
    public ConfigPosition At(string key) => keys.TryGetValue(key, out var position) ? position : Position;

    public string PathOf(string key) => Path.Length == 0 ? key : $"{Path}.{key}";
}
