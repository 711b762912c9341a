using Streamline.Pipeline.Exposition;

namespace Streamline.Pipeline.Ingest;

/// <summary>What was pushed under one grouping key. Guarded by the lock of <see cref="PushGroups"/>.</summary>
internal sealed class PushGroup
{
    public const string PushTimeName = "push_time_seconds", FailureTimeName = "push_failure_time_seconds";

    // A retry comes within seconds; the bound keeps a group's record small.
    private const int KeptPushIds = 64;

    private readonly Queue<string> _pushIds = [];

    public PushGroup(IReadOnlyList<KeyValuePair<string, string>> labels)
    {
        Labels = labels;
        PushTime = Own(labels, PushTimeName);
        FailureTime = Own(labels, FailureTimeName);
    }

    public IReadOnlyList<KeyValuePair<string, string>> Labels { get; }

    /// <summary>Series by family, so that a POST replaces the families it brings and no others.</summary>
    public Dictionary<string, PushedFamily> Families { get; } = new(StringComparer.Ordinal);

    /// <summary>The receiver's own series about the group.</summary>
    public PushedSeries PushTime { get; }

    public PushedSeries FailureTime { get; }

    /// <summary>When it was pushed or its push refused last, milliseconds: its life begins anew.</summary>
    public long TouchedAtMs { get; set; }

    public TimeSpan Ttl { get; set; }

    public SourceMetadata? Metadata { get; set; }

    /// <summary>Ids of the last pushes, oldest first.</summary>
    public IReadOnlyCollection<string> PushIds => _pushIds;

    public IEnumerable<PushedSeries> Series => Families.Values.SelectMany(f => f.Series);

    public bool LastPushSucceeded => FailureTime.Value < PushTime.Value || FailureTime.Value == 0;

    public bool IsExpired(long nowMs) => Ttl > TimeSpan.Zero && nowMs - TouchedAtMs >= Ttl.TotalMilliseconds;

    public void Pushed(long nowMs)
    {
        TouchedAtMs = nowMs;
        PushTime.Value = nowMs / 1000.0;
    }

    public void Failed(long nowMs)
    {
        if (TouchedAtMs == 0) TouchedAtMs = nowMs;
        FailureTime.Value = nowMs / 1000.0;
    }

    /// <summary>Whether a push of this id came before; pushes without an id never did.</summary>
    public bool Knows(string pushId) => pushId.Length > 0 && _pushIds.Contains(pushId);

    public void Remember(string pushId)
    {
        if (pushId.Length == 0) return;
        _pushIds.Enqueue(pushId);
        if (_pushIds.Count > KeptPushIds) _pushIds.Dequeue();
    }

    public PushGroupState Save() => new([.. Families.Values], PushTime.Value, FailureTime.Value, TouchedAtMs, Ttl, [.. _pushIds]);

    public void Restore(PushGroupState state)
    {
        Families.Clear();
        foreach (var family in state.Families) Families[family.Name] = family;
        (PushTime.Value, FailureTime.Value, TouchedAtMs, Ttl) = (state.PushTime, state.FailureTime, state.TouchedAtMs, state.Ttl);
        _pushIds.Clear();
        foreach (string id in state.PushIds) _pushIds.Enqueue(id);
    }

    private static PushedSeries Own(IReadOnlyList<KeyValuePair<string, string>> group, string name) =>
        new(Storage.Labels.Of([("__name__", name), .. group.Select(l => (l.Key, l.Value))]), 0);
}
