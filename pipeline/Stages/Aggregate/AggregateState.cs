using Streamline.Storage;

namespace Streamline.Pipeline.Stages;

/// <summary>
/// The arithmetic of an aggregate stage: members, groups, windows. It knows no store and no clock, so that the same samples give the same state again when
/// they are read from a journal. Hot path: <see cref="Take"/> allocates nothing for a known member. One thread.
/// </summary>
internal sealed class AggregateState(IReadOnlyList<AggregateOutput> outputs, long intervalMs)
{
    /// <summary>Groups held at most; series beyond them pass as they are, counted. What hundred thousand groups hold is about 50 MB.</summary>
    public const int MaxGroups = 100_000;

    /// <summary>Members held at most, about 100 MB; series beyond them pass as they are, counted.</summary>
    public const int MaxMembers = 1_000_000;

    // PromQL's lookback: an output that is this old is out of sight anyway.
    private const long ExpiryMs = 5 * 60 * 1000;

    // A member that ends without a marker must not keep its series in the head for ever; a slower counter than this loses an increase.
    private const long SilenceMs = 60 * 60 * 1000;

    private readonly Dictionary<Labels, AggregateGroup> _groups = [];
    private readonly Stack<int> _free = [];
    private AggregateMember[] _members = new AggregateMember[64];
    private int _memberCount;
    private long _late;
    private long _ahead;
    private long _overflow;
    private int _groupCount;

    /// <summary>The older of the two open windows, or <see cref="AggregateMember.NoWindow"/> before the first sample.</summary>
    public long First { get; set; } = AggregateMember.NoWindow;

    /// <summary>The newest time seen.</summary>
    public long NewestMs { get; set; } = long.MinValue;

    /// <summary>Windows closed so far.</summary>
    public long Closes { get; private set; }

    /// <summary>What closed windows owe; taken and cleared by the stage.</summary>
    public List<AggregateValue> Due { get; } = [];

    /// <summary>Members by index; those without a key are free.</summary>
    public Span<AggregateMember> Members => _members.AsSpan(0, _memberCount);

    /// <summary>True while a journal is read.</summary>
    public bool IsReplaying { get; set; }

    public IReadOnlyCollection<AggregateGroup> Groups => _groups.Values;

    // The figures of the picture: any thread.
    public int GroupCount => Volatile.Read(ref _groupCount);

    public long Late => Interlocked.Read(ref _late);

    public long Ahead => Interlocked.Read(ref _ahead);

    public long Overflow => Interlocked.Read(ref _overflow);

    /// <summary>Makes a member of the group that the key names; -1 when there are as many as may be.</summary>
    public int Add(Labels key, SeriesHandle handle)
    {
        int index = _free.TryPop(out int free) ? free : _memberCount;
        if (index == MaxMembers)
        {
            Interlocked.Increment(ref _overflow);
            return -1;
        }
        Put(index, key, handle);
        return index;
    }

    /// <summary>Puts a member at an index; one that is there already ends.</summary>
    public void Put(int index, Labels key, SeriesHandle handle)
    {
        if (index >= _members.Length) Array.Resize(ref _members, Math.Min(MaxMembers, Math.Max(index + 1, _members.Length * 2)));
        _memberCount = Math.Max(_memberCount, index + 1);
        End(index);
        // Members share the group's copy of its labels.
        _members[index] = AggregateMember.New(handle, _groups.TryGetValue(key, out var group) ? group.Key : key);
    }

    /// <summary>Ends a member and gives its index free.</summary>
    public void Remove(int index)
    {
        End(index);
        _members[index] = default;
        _free.Push(index);
    }

    /// <summary>Whether a member is at the index.</summary>
    public bool Has(int index) => (uint)index < (uint)_memberCount && _members[index].Key is not null;

    /// <summary>After members were put at indices of their own: finds those that are free.</summary>
    public void FindFree()
    {
        _free.Clear();
        for (int i = _memberCount - 1; i >= 0; i--)
        {
            if (_members[i].Key is null) _free.Push(i);
        }
    }

    /// <summary>A group that a journal has kept.</summary>
    public AggregateGroup Restore(Labels key, long firstWindow)
    {
        var group = _groups[key] = new AggregateGroup(key, firstWindow, outputs.Count) { IsRestored = IsReplaying };
        _groupCount = _groups.Count;
        return group;
    }

    /// <summary>Joins a member to its group as the journal has it.</summary>
    public void Restore(int index, in AggregateMember kept)
    {
        ref var member = ref _members[index];
        member = kept;
        member.Group = _groups.GetValueOrDefault(kept.Key!);
        if (member.Group is null) (member.IsLive, member.HasReading, member.Window) = (false, false, AggregateMember.NoWindow);
        else if (member.IsLive) member.Group.Members++;
    }

    /// <summary>True when the sample is the stage's, also when it comes too late to count. Samples beyond <paramref name="aheadMs"/> are dated ahead.</summary>
    public bool Take(int index, long timestampMs, double value, long aheadMs)
    {
        long window = Math.DivRem(timestampMs, intervalMs, out long rest);
        if (rest < 0) window--;
        if (First == AggregateMember.NoWindow) First = window - 1;
        ref var member = ref _members[index];
        if (IsUntimely(timestampMs, window, aheadMs, member)) return true;
        NewestMs = Math.Max(NewestMs, timestampMs);
        if (window > First + 1) CloseBefore(window - 1);
        bool isEnd = StaleMarker.Is(value);
        if (!isEnd && !TryJoin(ref member, window)) return false;
        Leave(ref member, window, isEnd);
        member.LastMs = timestampMs;
        if (isEnd) return true;
        member.Group!.Note(window, timestampMs, value, member.IncreaseTo(value));
        (member.Last, member.Window) = (value, window);
        return true;
    }

    /// <summary>Closes both open windows, the newer one at the newest time seen: an end that lies ahead would push the head into the future.</summary>
    public void CloseAll()
    {
        if (First == AggregateMember.NoWindow) return;
        long endMs = (First + 1) * intervalMs;
        Close(First, endMs);
        Close(First + 1, Math.Max(NewestMs, endMs + 1));
        First = AggregateMember.NoWindow;
    }

    // A clock that runs ahead must not close everybody's windows.
    private bool IsUntimely(long timestampMs, long window, long aheadMs, in AggregateMember member)
    {
        if (timestampMs > aheadMs)
        {
            Interlocked.Increment(ref _ahead);
            return true;
        }
        if (window >= First && timestampMs > member.LastMs) return false;
        Interlocked.Increment(ref _late);
        return true;
    }

    private bool TryJoin(ref AggregateMember member, long window)
    {
        if (member.Group is null or { IsEnded: true })
        {
            if (GroupOf(member.Key!, window) is not { } group)
            {
                Interlocked.Increment(ref _overflow);
                return false;
            }
            (member.Group, member.Key) = (group, group.Key);
            (member.IsLive, member.HasReading) = (false, false);
        }
        if (!member.IsLive) member.Group.Members++;
        member.IsLive = true;
        return true;
    }

    private AggregateGroup? GroupOf(Labels key, long window)
    {
        if (_groups.TryGetValue(key, out var group)) return group;
        return _groups.Count == MaxGroups ? null : Restore(key, window);
    }

    // The value of an earlier window is settled there; that of the same window is replaced, or falls with a member that ends in it.
    private static void Leave(ref AggregateMember member, long window, bool isEnd)
    {
        if (member.Window != AggregateMember.NoWindow && member.Window < window) member.Group!.Settle(member.Window, member.Last);
        member.Window = AggregateMember.NoWindow;
        if (!isEnd || !member.IsLive) return;
        if (!member.Group!.IsEnded) member.Group.Members--;
        (member.IsLive, member.HasReading) = (false, false);
    }

    private void End(int index)
    {
        if (_members[index].Key is not null) Leave(ref _members[index], long.MaxValue, isEnd: true);
    }

    // After a long silence the windows in between are empty: only the last of them is looked at, for groups that have ended.
    private void CloseBefore(long window)
    {
        for (int i = 0; i < 2 && First < window; i++) Close(First, ++First * intervalMs);
        if (First >= window) return;
        Close(window - 1, window * intervalMs);
        First = window;
    }

    private void Close(long window, long endMs)
    {
        Closes++;
        foreach (ref var member in Members)
        {
            if (member.Window == window)
            {
                member.Group!.Settle(window, member.Last);
                member.Window = AggregateMember.NoWindow;
            }
            else if (member.IsLive && member.LastMs < endMs - Math.Max(SilenceMs, 2 * intervalMs))
            {
                Leave(ref member, long.MaxValue, isEnd: true);
            }
        }
        foreach (var (key, group) in _groups)
        {
            if (window < group.FirstWindow) continue;
            group.Close(window);
            bool isOver = group.At(window).Samples == 0 && group.At(window + 1).Samples == 0 && (group.Members == 0 || group.LastMs + ExpiryMs <= endMs);
            if (isOver) End(key, group, endMs);
            else Emit(group, window, endMs);
            group.At(window).Clear();
        }
    }

    private void Emit(AggregateGroup group, long window, long endMs)
    {
        for (int i = 0; i < outputs.Count; i++)
        {
            if (group.Value(outputs[i], window) is { } value) Due.Add(new(group, i, endMs, value));
        }
    }

    private void End(Labels key, AggregateGroup group, long endMs)
    {
        for (int i = 0; i < outputs.Count; i++) Due.Add(new(group, i, endMs, StaleMarker.Value));
        group.IsEnded = true;
        _groups.Remove(key);
        Volatile.Write(ref _groupCount, _groups.Count);
    }
}
