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
/// series scraped more often does not weigh more. A stale marker ends a member, as an hour's silence does; a group ends with its last member, or when nothing has
/// come for five minutes. What is consumed stands in the journal before the batch goes on, and with that before it is acknowledged; a restart, kill -9 included,
/// goes on from there. A reload that changes the stage closes the open windows as they are and begins totals anew.
/// </remarks>
internal sealed class AggregateStage(string name, AggregateStageConfig config, Tsdb store, TimeProvider time, Func<AggregateNaming, AggregateJournal>? openJournal = null) : IBatchStage
{
    private const int NotLookedAt = 0, NoMatch = -1;

    // Outputs that the store refused are offered again as long as they are not more than this: a full disk must not fill the memory.
    private const int MaxOwed = 200_000;

    private readonly IReadOnlyList<IReadOnlyList<LabelMatcher>> _selectors = DropStage.Selectors(config.Match.Items);
    private readonly AggregateOutput[] _outputs = [.. config.Outputs.Select(AggregateOutputs.Parse)];
    private readonly AggregateNaming _naming = new(config);
    private readonly long _intervalMs = (long)config.Interval.TotalMilliseconds;
    private readonly AggregateState _state = new([.. config.Outputs.Select(AggregateOutputs.Parse)], (long)config.Interval.TotalMilliseconds);

    // Outputs on their way to the store, until it has them.
    private readonly Queue<(Task<CommitResult> Done, AggregateValue[] Values)> _sent = [];
    private bool _isRefused;

    // By slot of the head: its tenant and the member's index + 1. Members are dense, since most series of a head are none of ours.
    private (ulong Ref, int Member)[] _slots = [];

    // Members of the journal whose series have not come yet.
    private readonly Dictionary<Labels, int> _restored = [];
    private AggregateJournal? _journal;
    private long _keptAt;
    private long _lost;

    public string Kind => "aggregate";

    public string Name { get; } = name;

    public IReadOnlyDictionary<string, string> Details => new Dictionary<string, string>
    {
        ["interval"] = DurationText.Format(_intervalMs),
        ["groups"] = $"{_state.GroupCount}",
        ["samples too late"] = $"{_state.Late}",
        ["samples dated ahead"] = $"{_state.Ahead}",
        ["samples passed beyond the bound of groups"] = $"{_state.Overflow}",
        ["outputs lost to a full disk"] = $"{Interlocked.Read(ref _lost)}",
        ["state"] = _journal is { } journal ? $"journal of {journal.Length} bytes" : "in memory: a restart begins totals anew and cuts the open window short",
    };

    /// <summary>Takes up what the journal holds; gives the outputs that the store may lack.</summary>
    public SampleBatch? Begin()
    {
        if (openJournal is null) return null;
        _journal = openJournal(_naming);
        _journal.Load(_state, _outputs.Length, _restored);
        // In a batch of their own: most of them the store has already, and that is nobody's error.
        var owed = TakeDue(LateSamples.Refused);
        Rewrite();
        return owed;
    }

    public void Process(SampleBatch batch)
    {
        Settle();
        long aheadMs = time.GetUtcNow().ToUnixTimeMilliseconds() + _intervalMs;
        int[] rentedMembers = ArrayPool<int>.Shared.Rent(batch.Count);
        bool[] rentedKeep = ArrayPool<bool>.Shared.Rent(batch.Count);
        var members = rentedMembers.AsSpan(0, batch.Count);
        var keep = rentedKeep.AsSpan(0, batch.Count);
        bool any = Find(batch.Handles, members);
        bool isWritten = _journal is null || !any || TryWrite(batch, members, aheadMs);
        for (int i = 0; i < keep.Length; i++)
        {
            bool isTaken = members[i] >= 0 && (!isWritten || _state.Take(members[i], batch.Timestamps[i], batch.Values[i], aheadMs));
            keep[i] = !isTaken || config.KeepInput;
        }
        batch.Keep(keep, isWritten ? RejectReason.Dropped : RejectReason.Storage);
        ArrayPool<int>.Shared.Return(rentedMembers);
        ArrayPool<bool>.Shared.Return(rentedKeep);
        if (_state.Closes != _keptAt) KeepMembers();
        GiveOut(batch);
    }

    public SampleBatch? Flush(bool goesOn)
    {
        Settle();
        if (goesOn && _journal is { IsBehind: false })
        {
            _journal.Dispose();
            return null;
        }
        _state.CloseAll();
        _journal?.Delete();
        return TakeDue(LateSamples.Taken);
    }

    private SampleBatch? TakeDue(LateSamples late)
    {
        if (_state.Due.Count == 0) return null;
        var batch = new SampleBatch(Name, _state.Due.Count) { LateSamples = late };
        GiveOut(batch);
        if (batch.Count > 0) return batch;
        batch.Release();
        return null;
    }

    private bool Find(ReadOnlySpan<SeriesHandle> handles, Span<int> members)
    {
        bool any = false;
        for (int i = 0; i < handles.Length; i++)
        {
            members[i] = MemberOf(handles[i]);
            any |= members[i] >= 0;
        }
        return any;
    }

    private bool TryWrite(SampleBatch batch, ReadOnlySpan<int> members, long aheadMs)
    {
        if ((_journal!.IsBehind || _journal.IsGrown) && !Rewrite()) return false;
        return _journal.TryAppend(batch, members, aheadMs);
    }

    private bool Rewrite()
    {
        var waiting = _restored.ToDictionary(r => r.Value, r => r.Key);
        return _journal!.TryRewrite(_state, SeriesOf, _sent.SelectMany(s => s.Values).Concat(_state.Due));

        Labels? SeriesOf(int index) => _state.Members[index].Handle is { IsNone: false } handle ? store.LabelsOf(handle) : waiting.GetValueOrDefault(index);
    }

    // Learns what became of the outputs sent: what the disk refused is owed again.
    private void Settle()
    {
        long? storedMs = null;
        while (_sent.TryPeek(out var sent) && sent.Done.IsCompleted)
        {
            _sent.Dequeue();
            bool isRefused = sent.Done.GetAwaiter().GetResult().RejectedBy(RejectReason.Storage) > 0;
            _isRefused |= isRefused;
            if (!isRefused) storedMs = sent.Values[^1].EndMs;
            else if (_state.Due.Count + sent.Values.Length <= MaxOwed) _state.Due.AddRange(sent.Values);
            else Interlocked.Add(ref _lost, sent.Values.Length);
        }
        // The mark stands for all windows before it.
        if (storedMs is { } endMs && !_isRefused) _journal?.Confirm(endMs);
        if (_sent.Count == 0 && _state.Due.Count == 0) _isRefused = false;
    }

    private void GiveOut(SampleBatch batch)
    {
        if (_state.Due.Count == 0) return;
        AggregateValue[] values = [.. _state.Due];
        _state.Due.Clear();
        foreach (var value in values) Add(batch, value);
        _sent.Enqueue((batch.Completion, values));
    }

    private void Add(SampleBatch batch, in AggregateValue value)
    {
        ref var handle = ref value.Group.Handles[value.Output];
        bool isLive = !handle.IsNone && store.IsLive(handle);
        // Only a series that is there has an end; one from a journal may be.
        if (!isLive && value.IsEnd && (!handle.IsNone || !value.Group.IsRestored)) return;
        if (!isLive) handle = store.Resolve(_naming.OutputOf(value.Group.Key, _outputs[value.Output]));
        batch.Add(handle, value.EndMs, value.Value);
    }

    // When a window has closed. The head forgets series that nothing is appended to: without this mark a consumed counter would lose its reading there.
    private void KeepMembers()
    {
        _keptAt = _state.Closes;
        if (!config.KeepInput)
        {
            foreach (ref var member in _state.Members)
            {
                if (member.IsLive && !member.Handle.IsNone) store.IsLive(member.Handle);
            }
        }
        foreach (var (series, index) in _restored)
        {
            if (_state.Members[index] is { IsLive: true, Group.IsEnded: false }) continue;
            _restored.Remove(series);
            Remove(index);
        }
    }

    private int MemberOf(SeriesHandle handle)
    {
        if (handle.Slot >= _slots.Length) Array.Resize(ref _slots, Math.Max(handle.Slot + 1, _slots.Length * 2));
        ref var slot = ref _slots[handle.Slot];
        if (slot.Ref != handle.Ref || slot.Member == NotLookedAt) LookAt(ref slot, handle);
        return slot.Member - 1;
    }

    // A slot's next tenant is another member; the old one has left.
    private void LookAt(ref (ulong Ref, int Member) slot, SeriesHandle handle)
    {
        if (slot.Member > 0) Remove(slot.Member - 1);
        slot = (handle.Ref, NoMatch);
        if (store.LabelsOf(handle) is not { } labels || !_selectors.Any(s => s.All(m => m.Matches(labels.ValueOf(m.NameUtf8.Span))))) return;
        if (_restored.Remove(labels, out int index)) _state.Members[index].Handle = handle;
        else if ((index = _state.Add(_naming.KeyOf(labels), handle)) >= 0) _journal?.Add(index, labels);
        if (index >= 0) slot.Member = index + 1;
    }

    private void Remove(int index)
    {
        _state.Remove(index);
        _journal?.Remove(index);
    }
}
