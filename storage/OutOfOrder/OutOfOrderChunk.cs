namespace Streamline.Storage.OutOfOrder;

/// <summary>
/// The newest samples of a series that came out of order: sorted by time and not packed, because the next one may belong anywhere. Changed under the apply
/// lock; once a reader has captured it (<see cref="Share"/>) it stays as it is, and the next insert goes into a copy.
/// </summary>
internal sealed class OutOfOrderChunk
{
    /// <summary>A chunk this full is put aside, as Prometheus's default has it.</summary>
    public const int MostSamples = 32;

    private const int FirstCapacity = 4;

    private long[] _times = new long[FirstCapacity];
    private double[] _values = new double[FirstCapacity];
    private bool _shared;

    public int Count { get; private set; }

    public bool IsFull => Count == MostSamples;

    public ReadOnlySpan<long> Times => _times.AsSpan(0, Count);

    public ReadOnlySpan<double> Values => _values.AsSpan(0, Count);

    public long MinTime => _times[0];

    public long MaxTime => _times[Count - 1];

    public bool Contains(long timestampMs) => Times.BinarySearch(timestampMs) >= 0;

    /// <summary>The chunk as it is now, for a reader.</summary>
    public OutOfOrderChunk Share()
    {
        _shared = true;
        return this;
    }

    /// <summary>The chunk with the sample in it: this one, or a copy when a reader has this one. Null when it has a sample of that time, which stays.</summary>
    public OutOfOrderChunk? With(long timestampMs, double value)
    {
        int at = Count > 0 && timestampMs > MaxTime ? Count : ~Times.BinarySearch(timestampMs);
        if (at < 0) return null;
        var target = _shared ? Copy() : this;
        target.Insert(at, timestampMs, value);
        return target;
    }

    private OutOfOrderChunk Copy() => new() { _times = [.. _times], _values = [.. _values], Count = Count };

    private void Insert(int at, long timestampMs, double value)
    {
        if (Count == _times.Length)
        {
            Array.Resize(ref _times, Count * 2);
            Array.Resize(ref _values, Count * 2);
        }
        Array.Copy(_times, at, _times, at + 1, Count - at);
        Array.Copy(_values, at, _values, at + 1, Count - at);
        _times[at] = timestampMs;
        _values[at] = value;
        Count++;
    }
}
