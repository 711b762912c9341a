namespace Streamline.Pipeline.Ingest;

/// <summary>
/// The way back: a change is made before the graph is asked for room, so that the journal has it when its samples are on their way; without room everything is
/// as it was, on disk too.
/// </summary>
internal sealed partial class PushGroups
{
    // Groups that the change under way has touched, as they were before it; null: it made them.
    private readonly Dictionary<PushGroup, PushGroupState?> _before = [];

    // Whether the journal has been told of the change under way.
    private bool _isNoted;

    /// <summary>Starts a change; what the last one did stays.</summary>
    public void Begin()
    {
        _before.Clear();
        _isNoted = false;
    }

    /// <summary>Takes back what was done since <see cref="Begin"/>. The journal hears of it with its next write.</summary>
    public void Undo()
    {
        foreach (var (group, before) in _before)
        {
            if (_groups.Remove(KeyOf(group.Labels)))
            {
                foreach (var family in group.Families.Values) _all.Remove(group, family);
            }
            if (before is not null) Restore(group, before);
            else Forget(group);
        }
        Begin();
    }

    private void Restore(PushGroup group, PushGroupState before)
    {
        group.Restore(before);
        _groups[KeyOf(group.Labels)] = group;
        foreach (var family in group.Families.Values) _all.Add(group, family);
        Describe(group);
        if (_isNoted) _journal.Add(group);
    }

    private void Forget(PushGroup group)
    {
        if (group.Metadata is { } metadata) _catalogue.Remove(metadata);
        if (_isNoted) _journal.AddEnd(group);
    }

    private void Keep(PushGroup group, bool isNew = false) => _before.TryAdd(group, isNew ? null : group.Save());
}
