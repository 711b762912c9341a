using System.Runtime.InteropServices;

namespace Streamline.Pipeline.Discovery.Kubernetes;

/// <summary>Which objects' groups have to be made anew when another object changes. Not thread safe.</summary>
internal sealed class Mentions
{
    private readonly Dictionary<ObjectId, HashSet<string>> _keys = [];
    private readonly Dictionary<string, ObjectId[]> _mentioned = [];

    /// <summary>Keys of the objects that mention this one.</summary>
    public IReadOnlyCollection<string> Of(ObjectId mentioned) => _keys.TryGetValue(mentioned, out var keys) ? keys : [];

    /// <summary>Notes what an object mentions, in place of what it did before.</summary>
    public void Set(string key, List<ObjectId> mentioned)
    {
        if (_mentioned.TryGetValue(key, out var before))
        {
            if (before.AsSpan().SequenceEqual(CollectionsMarshal.AsSpan(mentioned))) return;
            Remove(key);
        }
        if (mentioned.Count == 0) return;
        _mentioned[key] = [.. mentioned];
        foreach (var id in mentioned)
        {
            if (!_keys.TryGetValue(id, out var keys)) _keys[id] = keys = [];
            keys.Add(key);
        }
    }

    public void Remove(string key)
    {
        if (!_mentioned.Remove(key, out var before)) return;
        foreach (var id in before)
        {
            if (_keys.TryGetValue(id, out var keys) && keys.Remove(key) && keys.Count == 0) _keys.Remove(id);
        }
    }
}
