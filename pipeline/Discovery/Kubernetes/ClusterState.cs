namespace Streamline.Pipeline.Discovery.Kubernetes;

/// <summary>
/// What is known of a cluster, and the groups made of it. An event marks the groups that it touches; they are made anew when somebody takes the groups, all others stay
/// the objects that they were. Thread safe.
/// </summary>
internal sealed class ClusterState
{
    private readonly Lock _lock = new();
    private readonly TargetRole _role;
    private readonly KubernetesMetrics _metrics;
    private readonly ClusterObjects _objects = new();
    private readonly LabelWriter _writer;
    private readonly Mentions _mentions = new();
    private readonly Dictionary<string, TargetGroup> _groups = [];
    private readonly HashSet<string> _touched = [];
    private readonly List<ObjectId> _scratch = [];

    public ClusterState(TargetRole role, KubernetesMetrics metrics)
    {
        (_role, _metrics) = (role, metrics);
        _writer = new LabelWriter(_objects);
    }

    /// <summary>Takes the events of a watch.</summary>
    public void Apply(ResourceKind kind, IReadOnlyList<WatchEvent> events)
    {
        lock (_lock)
        {
            foreach (var (type, changed) in events)
            {
                if (type == WatchEventType.Put) Put(kind, changed);
                else if (type == WatchEventType.Deleted) Remove(new ObjectId(kind, changed.Key));
            }
        }
    }

    /// <summary>Takes a whole list: what it does not name is gone, what it names in the same version is untouched.</summary>
    public void Replace(ResourceKind kind, string @namespace, List<KubernetesObject> listed)
    {
        lock (_lock)
        {
            var keys = listed.Select(o => o.Key).ToHashSet();
            foreach (var gone in _objects.IdsOf(kind, @namespace).Where(id => !keys.Contains(id.Key))) Remove(gone);
            foreach (var now in listed)
            {
                if (_objects.Find<KubernetesObject>(kind, now.Key)?.Metadata.ResourceVersion != now.Metadata.ResourceVersion) Put(kind, now);
            }
        }
    }

    /// <summary>All groups, when one of them changed since the last time; else false.</summary>
    public bool TryTake(out IReadOnlyList<TargetGroup> groups)
    {
        lock (_lock)
        {
            bool changed = false;
            foreach (string key in _touched) changed |= Remake(key);
            _touched.Clear();
            groups = changed ? [.. _groups.Values] : [];
            return changed;
        }
    }

    private void Put(ResourceKind kind, KubernetesObject now)
    {
        var id = new ObjectId(kind, now.Key);
        bool isNew = _objects.Put(id, now) is null;
        _metrics.Count(_role.Primary, kind, isNew ? KubernetesMetrics.Added : KubernetesMetrics.Updated);
        if (kind != _role.Primary)
        {
            Touch(id);
            return;
        }
        _scratch.Clear();
        _role.AddMentions(now, _scratch);
        _mentions.Set(id.Key, _scratch);
        _touched.Add(id.Key);
    }

    private void Remove(ObjectId id)
    {
        if (_objects.Remove(id) is null) return;
        _metrics.Count(_role.Primary, id.Kind, KubernetesMetrics.Deleted);
        if (id.Kind == _role.Primary)
        {
            _mentions.Remove(id.Key);
            _touched.Add(id.Key);
        }
        // A pod goes before its address does: until then its labels stay, or the target would be another one for a moment.
        else if (id.Kind != ResourceKind.Pod) Touch(id);
    }

    private void Touch(ObjectId other)
    {
        foreach (string key in _mentions.Of(other)) _touched.Add(key);
    }

    private bool Remake(string key)
    {
        if (_objects.Find<KubernetesObject>(_role.Primary, key) is not { } primary) return _groups.Remove(key);
        // A node without an address keeps the one it had (discovery/kubernetes/node.go).
        if (_role.Build(primary, _writer) is not { } now) return false;
        if (now.Targets.Count == 0) return _groups.Remove(key);
        if (_groups.TryGetValue(key, out var before) && IsSame(before, now)) return false;
        _groups[key] = now;
        return true;
    }

    private static bool IsSame(TargetGroup before, TargetGroup now) =>
        before.Targets.Count == now.Targets.Count && Same(before.Labels, now.Labels) && before.Targets.Zip(now.Targets).All(pair => Same(pair.First, pair.Second));

    private static bool Same(IReadOnlyDictionary<string, string> one, IReadOnlyDictionary<string, string> other) => ((MetaLabels)one).IsSame((MetaLabels)other);
}
