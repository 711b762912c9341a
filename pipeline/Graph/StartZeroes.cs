using Streamline.Storage;

namespace Streamline.Pipeline.Graph;

/// <summary>
/// Start timestamps as samples (<c>created-timestamp-zero-ingestion</c>): a counter that says when it began gets a 0 at that time, so that its first value counts as an
/// increase. As in Prometheus's head only where the series has nothing as new as that. Append thread only.
/// </summary>
internal sealed class StartZeroes(Tsdb store)
{
    private readonly Dictionary<SeriesHandle, long> _newest = [];
    private bool[] _wanted = [];

    /// <summary>Histograms among the zeroes of the last wide batch.</summary>
    public int Histograms { get; private set; }

    /// <summary>The batch with its zero samples, each before the sample that brings its start; null when none is due. Starts, exemplars and metadata come along.</summary>
    public SampleBatch? Widen(SampleBatch batch)
    {
        if (batch.StartTimestamps.IsEmpty || !MayNeedAny(batch)) return null;
        int zeroes = Find(batch);
        if (zeroes == 0) return null;
        Histograms = 0;
        var wide = new SampleBatch(batch.Source, batch.Count + zeroes) { LateSamples = batch.LateSamples, ReceivedAt = batch.ReceivedAt };
        for (int i = 0; i < batch.Count; i++)
        {
            var histogram = batch.HasHistograms ? batch.Histograms[i] : null;
            if (_wanted[i] && histogram is not null) Histograms++;
            if (_wanted[i]) Add(wide, batch.Handles[i], batch.StartTimestamps[i], 0, histogram is null ? null : Zero(histogram));
            Add(wide, batch.Handles[i], batch.Timestamps[i], batch.Values[i], histogram);
            if (batch.StartTimestamps[i] != 0) wide.SetStart(batch.StartTimestamps[i]);
        }
        foreach (var exemplar in batch.Exemplars) wide.Add(exemplar.Handle, exemplar.Exemplar);
        foreach (var metadata in batch.Metadata) wide.Add(metadata.Handle, metadata.Metadata);
        return wide;
    }

    // The usual batch: all series are past their starts.
    private bool MayNeedAny(SampleBatch batch)
    {
        for (int i = 0; i < batch.Count; i++)
        {
            if (IsStart(batch, i) && store.TakesAsNewest(batch.Handles[i], batch.StartTimestamps[i])) return true;
        }
        return false;
    }

    // A series may stand in a batch more than once: what comes earlier in it is as good as stored.
    private int Find(SampleBatch batch)
    {
        int found = 0;
        if (_wanted.Length < batch.Count) _wanted = new bool[Math.Max(batch.Count, _wanted.Length * 2)];
        for (int i = 0; i < batch.Count; i++)
        {
            var handle = batch.Handles[i];
            long newest = _newest.GetValueOrDefault(handle, long.MinValue);
            _wanted[i] = IsStart(batch, i) && batch.StartTimestamps[i] > newest && store.TakesAsNewest(handle, batch.StartTimestamps[i]);
            if (_wanted[i]) found++;
            _newest[handle] = Math.Max(newest, batch.Timestamps[i]);
        }
        _newest.Clear();
        return found;
    }

    private static bool IsStart(SampleBatch batch, int i) => batch.StartTimestamps[i] != 0 && batch.StartTimestamps[i] < batch.Timestamps[i];

    private static void Add(SampleBatch batch, SeriesHandle handle, long timestampMs, double value, NativeHistogram? histogram)
    {
        if (histogram is null) batch.Add(handle, timestampMs, value);
        else batch.Add(handle, timestampMs, histogram);
    }

    // Of the same shape, so that the samples behind it need no chunk of their own.
    private static NativeHistogram Zero(NativeHistogram like) => new()
    {
        Schema = like.Schema,
        ZeroThreshold = like.ZeroThreshold,
        CustomBoundArray = like.CustomBoundArray,
        IsInteger = like.IsInteger,
        ResetHint = CounterResetHint.Reset,
        Count = 0,
        Sum = 0,
    };
}
