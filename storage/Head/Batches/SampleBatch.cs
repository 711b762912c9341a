using System.Buffers;
using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Streamline.Storage;

/// <summary>
/// The message of the dataflow graph: samples of one source as columns of handles, timestamps (ms) and values. One owner fills it; it is read-only once
/// sent. Fan-out retains and releases; the arrays return to their pool at the last release. It completes exactly once.
/// Hot path: adding a float sample allocates nothing once the columns have grown.
/// </summary>
public sealed class SampleBatch
{
    private const int FirstCapacity = 256;

    private readonly TaskCompletionSource<CommitResult> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private SeriesHandle[] _handles;
    private long[] _timestamps;
    private double[] _values;

    // Rare columns: empty until the first sample that needs them.
    private NativeHistogram?[] _histograms = [];
    private long[] _startTimestamps = [];
    private List<BatchExemplar>? _exemplars;
    private List<BatchMetadata>? _metadata;
    private CommitResult _dropped;
    private int _owners = 1;

    /// <summary>Starts a batch owned by the caller. <paramref name="source"/> names it in metrics, logs and the live tail.</summary>
    public SampleBatch(string source, int expectedSamples = FirstCapacity)
    {
        Source = source;
        int capacity = Math.Max(expectedSamples, FirstCapacity);
        _handles = ArrayPool<SeriesHandle>.Shared.Rent(capacity);
        _timestamps = ArrayPool<long>.Shared.Rent(capacity);
        _values = ArrayPool<double>.Shared.Rent(capacity);
    }

    /// <summary>The source's name.</summary>
    public string Source { get; }

    /// <summary>Samples held.</summary>
    public int Count { get; private set; }

    /// <summary>What becomes of samples that are older than their series' newest one but inside the out-of-order window.</summary>
    public LateSamples LateSamples { get; set; }

    /// <summary>When the source received the samples: <see cref="TimeProvider.GetTimestamp"/> of the host's clock; 0 when unknown.</summary>
    public long ReceivedAt { get; set; }

    /// <summary>Handles, one a sample.</summary>
    public ReadOnlySpan<SeriesHandle> Handles => _handles.AsSpan(0, Count);

    /// <summary>Timestamps in milliseconds since the Unix epoch, one a sample.</summary>
    public ReadOnlySpan<long> Timestamps => _timestamps.AsSpan(0, Count);

    /// <summary>Values, one a sample; stale markers by their bits. For a histogram it is the sum.</summary>
    public ReadOnlySpan<double> Values => _values.AsSpan(0, Count);

    /// <summary>Whether any sample is a native histogram.</summary>
    public bool HasHistograms => _histograms.Length > 0;

    /// <summary>Histograms, one a sample and null for floats; empty when the batch holds floats only.</summary>
    public ReadOnlySpan<NativeHistogram?> Histograms => _histograms.Length == 0 ? [] : _histograms.AsSpan(0, Count);

    /// <summary>Start timestamps in milliseconds, one a sample and 0 when unknown; empty when none is known.</summary>
    public ReadOnlySpan<long> StartTimestamps => _startTimestamps.Length == 0 ? [] : _startTimestamps.AsSpan(0, Count);

    /// <summary>Exemplars, in the order added.</summary>
    public IReadOnlyList<BatchExemplar> Exemplars => _exemplars ?? (IReadOnlyList<BatchExemplar>)[];

    /// <summary>Metadata of series, in the order added.</summary>
    public IReadOnlyList<BatchMetadata> Metadata => _metadata ?? (IReadOnlyList<BatchMetadata>)[];

    /// <summary>
    /// Told what became of the batch on the thread that completes it, before <see cref="Completion"/> ends: for an owner that has little to do then and
    /// needs no thread woken for it. Must be quick and must not throw.
    /// </summary>
    public Action<CommitResult>? OnCompleted { get; set; }

    /// <summary>Ends when every sample is stored or refused; never faults.</summary>
    public Task<CommitResult> Completion => _completion.Task;

    /// <summary>Refusals that stages have counted before the commit; the committer adds its own to these.</summary>
    public CommitResult Dropped => _dropped;

    /// <summary>Adds a sample.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(SeriesHandle handle, long timestampMs, double value)
    {
        if (Count == _handles.Length) Grow();
        _handles[Count] = handle;
        _timestamps[Count] = timestampMs;
        _values[Count++] = value;
    }

    /// <summary>Adds a native histogram.</summary>
    public void Add(SeriesHandle handle, long timestampMs, NativeHistogram histogram)
    {
        Add(handle, timestampMs, histogram.Sum);
        RareColumn(ref _histograms)[Count - 1] = histogram;
    }

    /// <summary>Says when the counter of the sample added last began, in milliseconds.</summary>
    public void SetStart(long startMs) => RareColumn(ref _startTimestamps)[Count - 1] = startMs;

    /// <summary>Adds an exemplar of a series.</summary>
    public void Add(SeriesHandle handle, Exemplar exemplar) => (_exemplars ??= []).Add(new BatchExemplar(handle, exemplar));

    /// <summary>Says what a series is; the store writes it down when it is news.</summary>
    public void Add(SeriesHandle handle, SeriesMetadata metadata) => (_metadata ??= []).Add(new BatchMetadata(handle, metadata));

    /// <summary>Counts samples that a stage keeps from the store.</summary>
    public void Drop(RejectReason reason, int count = 1) => _dropped.Reject(reason, count);

    /// <summary>Gives a float sample another value. For stages.</summary>
    public void Replace(int index, double value)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        _values[index] = value;
    }

    /// <summary>Keeps the samples whose predicate column is true, counting the others under a reason. For stages; order is kept.</summary>
    public void Keep(ReadOnlySpan<bool> keep, RejectReason reason)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(keep.Length, Count);
        int kept = 0;
        for (int i = 0; i < keep.Length; i++)
        {
            if (!keep[i]) continue;
            _handles[kept] = _handles[i];
            _timestamps[kept] = _timestamps[i];
            if (_histograms.Length > 0) _histograms[kept] = _histograms[i];
            if (_startTimestamps.Length > 0) _startTimestamps[kept] = _startTimestamps[i];
            _values[kept++] = _values[i];
        }
        if (_histograms.Length > 0) _histograms.AsSpan(kept, Count - kept).Clear();
        if (_startTimestamps.Length > 0) _startTimestamps.AsSpan(kept, Count - kept).Clear();
        if (kept < Count) Drop(reason, Count - kept);
        Count = kept;
    }

    /// <summary>Tells the source what became of the batch. Called once, by the committer or by whoever ends the batch's way.</summary>
    public void Complete(in CommitResult result)
    {
        OnCompleted?.Invoke(result);
        _completion.SetResult(result);
    }

    /// <summary>Whether a value is refused when it comes out of order.</summary>
    internal bool RefusesLate(ulong bits) => LateSamples switch
    {
        LateSamples.Taken => false,
        LateSamples.MarkersRefused => bits == StaleMarker.Bits,
        LateSamples.Refused => true,
    };

    /// <summary>Adds an owner.</summary>
    public void Retain()
    {
        int owners = Interlocked.Increment(ref _owners);
        Debug.Assert(owners > 1, "a released batch was retained");
    }

    /// <summary>Gives up ownership; the last owner returns the columns to their pools.</summary>
    public void Release()
    {
        int owners = Interlocked.Decrement(ref _owners);
        Debug.Assert(owners >= 0, "a batch was released twice");
        if (owners != 0) return;
        ArrayPool<SeriesHandle>.Shared.Return(_handles);
        ArrayPool<long>.Shared.Return(_timestamps);
        ArrayPool<double>.Shared.Return(_values);
        (_handles, _timestamps, _values, _histograms, _startTimestamps, Count) = ([], [], [], [], [], 0);
    }

    // Made as long as the other columns at the first use, so that Grow keeps them equal; unset entries are the default.
    private T[] RareColumn<T>(ref T[] column)
    {
        if (column.Length == 0) column = new T[_handles.Length];
        return column;
    }

    private void Grow()
    {
        GrowColumn(ref _handles);
        GrowColumn(ref _timestamps);
        GrowColumn(ref _values);
        if (_histograms.Length > 0) Array.Resize(ref _histograms, _handles.Length);
        if (_startTimestamps.Length > 0) Array.Resize(ref _startTimestamps, _handles.Length);
    }

    private void GrowColumn<T>(ref T[] column)
    {
        T[] larger = ArrayPool<T>.Shared.Rent(Math.Max(Count * 2, FirstCapacity));
        column.AsSpan(0, Count).CopyTo(larger);
        ArrayPool<T>.Shared.Return(column);
        column = larger;
    }
}
