namespace Streamline.Storage.Wal;

/// <summary>
/// Builds the histogram records of one commit: one for each kind, and again for each group. Records of one group are replayed one behind the
/// other, so a series that has samples of two kinds in one batch (a stale marker is of none of the custom ones) starts a new group at each change.
/// </summary>
internal sealed class HistogramRecords
{
    // In the order in which they are written: the types 7, 9, 8, 10 of Prometheus's head.
    private readonly (RecordType Type, RecordBuffer Buffer)[] _kinds =
    [
        (RecordType.HistogramSamples, new()), (RecordType.CustomBucketsHistogramSamples, new()),
        (RecordType.FloatHistogramSamples, new()), (RecordType.CustomBucketsFloatHistogramSamples, new()),
    ];

    private readonly List<byte[]> _earlier = [];
    private readonly Dictionary<int, RecordType> _kindOfSlot = [];
    private bool _isUsed;

    public static RecordType TypeOf(NativeHistogram histogram) => (histogram.IsInteger, histogram.HasCustomBuckets) switch
    {
        (true, false) => RecordType.HistogramSamples,
        (true, true) => RecordType.CustomBucketsHistogramSamples,
        (false, false) => RecordType.FloatHistogramSamples,
        (false, true) => RecordType.CustomBucketsFloatHistogramSamples,
    };

    /// <summary>Starts the records of a commit.</summary>
    public void Begin()
    {
        _isUsed = true;
        _earlier.Clear();
        BeginGroup();
    }

    /// <summary>Says what is added next; a new group begins when the series has samples of another kind in this one.</summary>
    public void Announce(int slot, NativeHistogram? histogram, RecordBuffer floats, int mostFloats)
    {
        var kind = histogram is null ? RecordType.Samples : TypeOf(histogram);
        if (_kindOfSlot.TryAdd(slot, kind) || _kindOfSlot[slot] == kind) return;
        EndGroup(floats, mostFloats);
        _kindOfSlot[slot] = kind;
    }

    public void Add(ulong reference, long timestampMs, NativeHistogram histogram)
    {
        var type = TypeOf(histogram);
        foreach (var (kind, buffer) in _kinds)
        {
            if (kind == type) buffer.AddHistogram(reference, timestampMs, histogram);
        }
    }

    public void WriteEarlier(WalWriter wal)
    {
        if (!_isUsed) return;
        foreach (byte[] record in _earlier) wal.Add(record);
    }

    /// <summary>Writes the last group and forgets all.</summary>
    public void Write(WalWriter wal)
    {
        if (!_isUsed) return;
        foreach (var (_, buffer) in _kinds)
        {
            if (!buffer.IsEmpty) wal.Add(buffer.Record);
        }
        _isUsed = false;
    }

    private void BeginGroup()
    {
        foreach (var (type, buffer) in _kinds) buffer.BeginHistograms(type);
        _kindOfSlot.Clear();
    }

    // Puts what was added so far, floats included, before what follows.
    private void EndGroup(RecordBuffer floats, int mostFloats)
    {
        if (!floats.IsEmpty) _earlier.Add(floats.Record.ToArray());
        foreach (var (_, buffer) in _kinds)
        {
            if (!buffer.IsEmpty) _earlier.Add(buffer.Record.ToArray());
        }
        floats.BeginSamples(mostFloats);
        BeginGroup();
    }
}
