using System.Buffers;
using Streamline.Pipeline.Graph;
using Streamline.Storage;

namespace Streamline.Pipeline.Stages;

/// <summary>
/// What <c>on_limit: aggregate_away</c> needs of a batch: series that lost a label and are one now have one sample at a time, their sum. Others pass as they are. Without any such
/// series it costs a look at the limit.
/// </summary>
internal sealed class FoldStage(string name, LimitStage limit, Tsdb store) : IBatchStage
{
    private readonly Dictionary<(SeriesHandle Handle, long TimestampMs), int> _first = [];

    // What a handle stands for, as last looked up; forgotten when series leave the head.
    private readonly Dictionary<SeriesHandle, bool> _isCoarse = [];
    private (long Removals, long Folded) _lookedUp;
    private long _summed;

    public string Kind => "limit";

    public string Name { get; } = name;

    public IReadOnlyDictionary<string, string> Details => new Dictionary<string, string> { ["samples added to others"] = $"{Interlocked.Read(ref _summed)}" };

    public SampleBatch? Begin() => null;

    public SampleBatch? Flush(bool goesOn) => null;

    public void Process(SampleBatch batch)
    {
        if (limit.Folded == 0) return;
        Forget();
        bool[] rented = ArrayPool<bool>.Shared.Rent(batch.Count);
        var keep = rented.AsSpan(0, batch.Count);
        int summed = 0;
        for (int i = 0; i < keep.Length; i++)
        {
            keep[i] = !IsCoarse(batch.Handles[i]) || IsHistogram(batch, i) || _first.TryAdd((batch.Handles[i], batch.Timestamps[i]), i);
            if (keep[i]) continue;
            Add(batch, _first[(batch.Handles[i], batch.Timestamps[i])], batch.Values[i]);
            summed++;
        }
        if (summed > 0) batch.Keep(keep, RejectReason.Dropped);
        Interlocked.Add(ref _summed, summed);
        _first.Clear();
        ArrayPool<bool>.Shared.Return(rented);
    }

    // The end of one of many is not the end of what they are together.
    private static void Add(SampleBatch batch, int at, double value)
    {
        if (StaleMarker.Is(value)) return;
        double sum = batch.Values[at];
        batch.Replace(at, StaleMarker.Is(sum) ? value : sum + value);
    }

    private static bool IsHistogram(SampleBatch batch, int i) => batch.HasHistograms && batch.Histograms[i] is not null;

    private bool IsCoarse(SeriesHandle handle)
    {
        if (_isCoarse.TryGetValue(handle, out bool known)) return known;
        return _isCoarse[handle] = store.LabelsOf(handle) is { } labels && limit.IsCoarse(labels);
    }

    // A series may have become a coarse one since; series leave the head.
    private void Forget()
    {
        var now = (store.Removals, limit.Folded);
        if (now == _lookedUp) return;
        _isCoarse.Clear();
        _lookedUp = now;
    }
}
