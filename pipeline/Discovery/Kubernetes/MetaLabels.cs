using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Streamline.Pipeline.Discovery.Kubernetes;

/// <summary>
/// Labels of a group or a target as one array: they are written once and walked through. A dictionary of each would take three times the memory, and a cluster has
/// thousands of them.
/// </summary>
internal sealed class MetaLabels(KeyValuePair<string, string>[] pairs) : IReadOnlyDictionary<string, string>
{
    public int Count => pairs.Length;

    public IEnumerable<string> Keys => pairs.Select(pair => pair.Key);

    public IEnumerable<string> Values => pairs.Select(pair => pair.Value);

    public string this[string key] => TryGetValue(key, out string? value) ? value : throw new KeyNotFoundException($"no label \"{key}\"");

    public bool ContainsKey(string key) => TryGetValue(key, out _);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out string value)
    {
        foreach (var pair in pairs)
        {
            if (pair.Key != key) continue;
            value = pair.Value;
            return true;
        }
        value = null;
        return false;
    }

    /// <summary>Whether both hold the same, in the same order: what is made of the same object is.</summary>
    public bool IsSame(MetaLabels other) => pairs.AsSpan().SequenceEqual(other.Span, PairComparer.Instance);

    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => ((IEnumerable<KeyValuePair<string, string>>)pairs).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => pairs.GetEnumerator();

    private ReadOnlySpan<KeyValuePair<string, string>> Span => pairs;

    private sealed class PairComparer : IEqualityComparer<KeyValuePair<string, string>>
    {
        public static readonly PairComparer Instance = new();

        public bool Equals(KeyValuePair<string, string> x, KeyValuePair<string, string> y) => x.Key == y.Key && x.Value == y.Value;

        public int GetHashCode(KeyValuePair<string, string> obj) => HashCode.Combine(obj.Key, obj.Value);
    }
}
