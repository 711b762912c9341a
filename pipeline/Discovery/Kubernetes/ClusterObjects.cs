namespace Streamline.Pipeline.Discovery.Kubernetes;

/// <summary>The objects that lists and watches have told of. Not thread safe.</summary>
internal sealed class ClusterObjects
{
    private readonly Dictionary<ObjectId, KubernetesObject> _objects = [];

    public T? Find<T>(ResourceKind kind, string key) where T : KubernetesObject => _objects.GetValueOrDefault(new ObjectId(kind, key)) as T;

    /// <summary>Takes an object in and gives the one that it replaces.</summary>
    public KubernetesObject? Put(ObjectId id, KubernetesObject now)
    {
        var before = _objects.GetValueOrDefault(id);
        _objects[id] = now;
        return before;
    }

    public KubernetesObject? Remove(ObjectId id) => _objects.Remove(id, out var before) ? before : null;

    /// <summary>All objects of a kind, of one namespace where that is not empty.</summary>
    public List<ObjectId> IdsOf(ResourceKind kind, string @namespace) =>
        [.. _objects.Where(entry => entry.Key.Kind == kind && (@namespace.Length == 0 || entry.Value.Metadata.Namespace == @namespace)).Select(entry => entry.Key)];
}
