using System.Collections.Frozen;

namespace Streamline.Pipeline.Config;

/// <summary>Where a mapping stands and which of its keys were written: the positions of later errors, and "set or inherited".</summary>
/// <param name="Position">Start of the mapping.</param>
/// <param name="Path">Path from the root of its file, <c>scrape_configs[0].relabel_configs[2]</c>.</param>
/// <param name="Keys">Positions of the values of the written keys.</param>
/// <param name="Failed">Keys whose value is already reported: checks that combine them with others are left out.</param>
/// <param name="Blank">Keys that were written with nothing in them.</param>
internal sealed record ConfigOrigin(
    ConfigPosition Position, string Path, IReadOnlyDictionary<string, ConfigPosition> Keys, IReadOnlySet<string> Failed, IReadOnlySet<string> Blank)
{
    public static readonly ConfigOrigin None = new(ConfigPosition.None, "", FrozenDictionary<string, ConfigPosition>.Empty, FrozenSet<string>.Empty, FrozenSet<string>.Empty);

    /// <summary>Written, even if with an empty value.</summary>
    public bool Has(string key) => Keys.ContainsKey(key);

    /// <summary>Written with something in it: an empty text, also one that was filled in, is as good as no key.</summary>
    public bool HasValue(string key) => Has(key) && !Blank.Contains(key);

    /// <summary>Position of a key's value, else of the mapping.</summary>
    public ConfigPosition At(string key) => Keys.TryGetValue(key, out var position) ? position : Position;

    public string PathOf(string key) => Path.Length == 0 ? key : $"{Path}.{key}";
}
