using Streamline.Pipeline.Graph;
using Streamline.Storage;

namespace Streamline.Pipeline.Stages;

/// <summary>Keeps at most one sample of a matching series per interval: the first of each interval, by the sample's own time. Stale markers always pass.</summary>
internal sealed class SampleStage(string name, IReadOnlyList<IReadOnlyList<LabelMatcher>> selectors, TimeSpan interval, Tsdb store) : IBatchStage
{
    private readonly long _intervalMs = (long)interval.TotalMilliseconds;

    // By slot of the head; a slot's next tenant is told by its ref.
    private State[] _states = [];

    private struct State
    {
        public ulong Ref;
        public long LastInterval;
        public bool IsMatch;
    }

    public string Kind => "sample";

    public string Name { get; } = name;

    public IReadOnlyDictionary<string, string> Details { get; } = new Dictionary<string, string> { ["interval"] = DurationText.Format((long)interval.TotalMilliseconds) };

    public void Process(SampleBatch batch)
    {
        bool[] keep = new bool[batch.Count];
        for (int i = 0; i < keep.Length; i++) keep[i] = Keep(batch.Handles[i], batch.Timestamps[i], batch.Values[i]);
        batch.Keep(keep, RejectReason.Dropped);
    }

    public SampleBatch? Begin() => null;

    public SampleBatch? Flush(bool goesOn) => null;

    private bool Keep(SeriesHandle handle, long timestampMs, double value)
    {
        if (handle.Slot >= _states.Length) Array.Resize(ref _states, Math.Max(handle.Slot + 1, _states.Length * 2));
        ref var state = ref _states[handle.Slot];
        if (state.Ref != handle.Ref) state = new State { Ref = handle.Ref, LastInterval = long.MinValue, IsMatch = IsMatch(handle) };
        if (!state.IsMatch || StaleMarker.Is(value)) return true;
        long current = Math.DivRem(timestampMs, _intervalMs).Quotient;
        if (current == state.LastInterval) return false;
        state.LastInterval = current;
        return true;
    }

    private bool IsMatch(SeriesHandle handle)
    {
        if (store.LabelsOf(handle) is not { } labels) return false;
        return selectors.Count == 0 || selectors.Any(selector => selector.All(m => m.Matches(labels.ValueOf(m.NameUtf8.Span))));
    }
}
