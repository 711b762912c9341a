using System.Buffers;
using Streamline.Pipeline.Config;
using Streamline.Pipeline.Graph;
using Streamline.Storage;

namespace Streamline.Pipeline.Stages;

/// <summary>
/// Folds series into fewer before they are stored. Windows follow the samples' own time, aligned to the interval; a window closes when samples one interval
/// behind its end have come, and its outputs, dated at its end, join the batch that closed it. A known series costs no allocation per sample.
/// </summary>
/// <remarks>
/// min, max, last and the counters' total and increase see every sample; sum, count and avg take each member once, by its last value in the window, so that a
/// series scraped more often does not weigh more. A stale marker ends a member; a group ends with its last member, or when nothing has come for five minutes.
/// State is in memory: a restart, or a reload that changes the pipeline's stages, closes the open windows as they are and begins totals anew.
/// </remarks>
internal sealed class AggregateStage(string name, AggregateStageConfig config, Tsdb store, TimeProvider time) : IBatchStage
{
    /// <summary>Groups held at most; series beyond them pass as they are, counted. What hundred thousand groups hold is about 50 MB.</summary>
    public const int MaxGroups = 100_000;

    // PromQL's lookback: an output that is this old is out of sight anyway.
    private const long ExpiryMs = 5 * 60 * 1000;

    private const int NotLookedAt = 0, NoMatch = -1;

    private readonly IReadOnlyList<IReadOnlyList<LabelMatcher>> _selectors = DropStage.Selectors(config.Match.Items);
    private readonly AggregateOutput[] _outputs = [.. config.Outputs.Select(AggregateOutputs.Parse)];
    private readonly AggregateNaming _naming = new(config);
    private readonly long _intervalMs = (long)config.Interval.TotalMilliseconds;
    private readonly Dictionary<Labels, AggregateGroup> _groups = [];
    private readonly List<(SeriesHandle Handle, long TimestampMs, double Value)> _closed = [];

    // By slot of the head: its tenant and the member's index + 1. Members are dense, since most series of a head are none of ours.
    private (ulong Ref, int Member)[] _slots = [];
    private AggregateMember[] _members = new AggregateMember[64];
    private int _memberCount;
    private readonly Stack<int> _free = [];

    // The older of the two open windows, the newest time seen, and the time beyond which samples are dated ahead.
    private long _first = AggregateMember.NoWindow;
    private long _newestMs = long.MinValue;
    private long _aheadMs;

    private long _late;
    private long _ahead;
    private long _overflow;
    private int _groupCount;

    public string Kind => "aggregate";

    public string Name { get; } = name;

    public IReadOnlyDictionary<string, string> Details => new Dictionary<string, string>
    {
        ["interval"] = DurationText.Format(_intervalMs),
        ["groups"] = $"{Volatile.Read(ref _groupCount)}",
        ["samples too late"] = $"{Interlocked.Read(ref _late)}",
        ["samples dated ahead"] = $"{Interlocked.Read(ref _ahead)}",
        ["samples passed beyond the bound of groups"] = $"{Interlocked.Read(ref _overflow)}",
        ["state"] = "in memory: a restart begins totals anew and cuts the open window short",
    };

    public void Process(SampleBatch batch)
    {
        _aheadMs = time.GetUtcNow().ToUnixTimeMilliseconds() + _intervalMs;
        bool[] rented = ArrayPool<bool>.Shared.Rent(batch.Count);
        var keep = rented.AsSpan(0, batch.Count);
        for (int i = 0; i < keep.Length; i++) keep[i] = !Take(batch.Handles[i], batch.Timestamps[i], batch.Values[i]) || config.KeepInput;
        batch.Keep(keep, RejectReason.Dropped);
        ArrayPool<bool>.Shared.Return(rented);
        GiveOut(batch);
    }

    /// <summary>Closes both open windows, the newer one at the newest time seen: an end that lies ahead would push the head into the future.</summary>
    public SampleBatch? Flush()
    {
        if (_first == AggregateMember.NoWindow) return null;
        long endMs = (_first + 1) * _intervalMs;
        Close(_first, endMs);
        Close(_first + 1, Math.Max(_newestMs, endMs + 1));
        _first = AggregateMember.NoWindow;
        if (_closed.Count == 0) return null;
        var batch = new SampleBatch(Name, _closed.Count);
        GiveOut(batch);
        return batch;
    }

    private void GiveOut(SampleBatch batch)
    {
        foreach (var (handle, timestampMs, value) in _closed) batch.Add(handle, timestampMs, value);
        _closed.Clear();
        Volatile.Write(ref _groupCount, _groups.Count);
    }

    // True when the sample is the stage's, also when it comes too late to count.
    private bool Take(SeriesHandle handle, long timestampMs, double value)
    {
        int index = MemberOf(handle);
        if (index < 0) return false;
        long window = Math.DivRem(timestampMs, _intervalMs, out long rest);
        if (rest < 0) window--;
        if (_first == AggregateMember.NoWindow) _first = window - 1;
        ref var member = ref _members[index];
        if (IsUntimely(timestampMs, window, member)) return true;
        _newestMs = Math.Max(_newestMs, timestampMs);
        if (window > _first + 1) CloseBefore(window - 1);
        bool isEnd = StaleMarker.Is(value);
        if (!isEnd && !TryJoin(ref member, handle, window)) return false;
        Leave(ref member, window, isEnd);
        member.LastMs = timestampMs;
        if (isEnd) return true;
        member.Group!.Note(window, timestampMs, value, member.IncreaseTo(value));
        (member.Last, member.Window) = (value, window);
        return true;
    }

    // A clock that runs ahead must not close everybody's windows.
    private bool IsUntimely(long timestampMs, long window, in AggregateMember member)
    {
        if (timestampMs > _aheadMs)
        {
            Interlocked.Increment(ref _ahead);
            return true;
        }
        if (window >= _first && timestampMs > member.LastMs) return false;
        Interlocked.Increment(ref _late);
        return true;
    }

    private bool TryJoin(ref AggregateMember member, SeriesHandle handle, long window)
    {
        if (member.Group is null or { IsEnded: true })
        {
            if (store.LabelsOf(handle) is not { } labels || GroupOf(_naming.KeyOf(labels), window) is not { } group)
            {
                Interlocked.Increment(ref _overflow);
                return false;
            }
            member.Group = group;
            (member.IsLive, member.HasReading) = (false, false);
        }
        if (!member.IsLive) member.Group.Members++;
        member.IsLive = true;
        return true;
    }

    private AggregateGroup? GroupOf(Labels key, long window)
    {
        if (_groups.TryGetValue(key, out var group)) return group;
        if (_groups.Count == MaxGroups) return null;
        return _groups[key] = new AggregateGroup(key, window, _outputs.Length);
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

    private int MemberOf(SeriesHandle handle)
    {
        if (handle.Slot >= _slots.Length) Array.Resize(ref _slots, Math.Max(handle.Slot + 1, _slots.Length * 2));
        ref var slot = ref _slots[handle.Slot];
        if (slot.Ref != handle.Ref || slot.Member == NotLookedAt) LookAt(ref slot, handle);
        return slot.Member - 1;
    }

    // A slot's next tenant takes over its member, after the old one has left.
    private void LookAt(ref (ulong Ref, int Member) slot, SeriesHandle handle)
    {
        bool isMatch = store.LabelsOf(handle) is { } labels && _selectors.Any(s => s.All(m => m.Matches(labels.ValueOf(m.NameUtf8.Span))));
        if (slot.Member > 0) Leave(ref _members[slot.Member - 1], long.MaxValue, isEnd: true);
        slot.Ref = handle.Ref;
        if (!isMatch)
        {
            slot.Member = slot.Member > 0 ? Free(slot.Member) : NoMatch;
            return;
        }
        if (slot.Member <= 0) slot.Member = Add();
        _members[slot.Member - 1] = AggregateMember.New(handle);
    }

    private int Add()
    {
        if (_free.TryPop(out int free)) return free;
        if (_memberCount == _members.Length) Array.Resize(ref _members, _memberCount * 2);
        return ++_memberCount;
    }

    private int Free(int member)
    {
        _members[member - 1] = AggregateMember.New(default);
        _free.Push(member);
        return NoMatch;
    }

    // After a long silence the windows in between are empty: only the last of them is looked at, for groups that have ended.
    private void CloseBefore(long window)
    {
        for (int i = 0; i < 2 && _first < window; i++) Close(_first, ++_first * _intervalMs);
        if (_first >= window) return;
        Close(window - 1, window * _intervalMs);
        _first = window;
    }

    private void Close(long window, long endMs)
    {
        foreach (ref var member in _members.AsSpan(0, _memberCount))
        {
            // The head forgets series that nothing is appended to: without this mark a consumed counter would lose its reading there.
            if (member.IsLive && !config.KeepInput) store.IsLive(member.Handle);
            if (member.Window != window) continue;
            member.Group!.Settle(window, member.Last);
            member.Window = AggregateMember.NoWindow;
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
        for (int i = 0; i < _outputs.Length; i++)
        {
            if (group.Value(_outputs[i], window) is not { } value) continue;
            ref var handle = ref group.Handles[i];
            if (handle.IsNone || !store.IsLive(handle)) handle = store.Resolve(_naming.OutputOf(group.Key, _outputs[i]));
            _closed.Add((handle, endMs, value));
        }
    }

    private void End(Labels key, AggregateGroup group, long endMs)
    {
        foreach (var handle in group.Handles)
        {
            if (!handle.IsNone && store.IsLive(handle)) _closed.Add((handle, endMs, StaleMarker.Value));
        }
        group.IsEnded = true;
        _groups.Remove(key);
    }
}
