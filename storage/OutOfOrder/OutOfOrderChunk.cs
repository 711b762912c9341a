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
    // Made for the first histogram; the value of one is its sum.
    private NativeHistogram?[] _histograms = [];
    private bool _shared;

    public int Count { get; private set; }

    public bool IsFull => Count == MostSamples;

    public ReadOnlySpan<long> Times => _times.AsSpan(0, Count);

    public ReadOnlySpan<double> Values => _values.AsSpan(0, Count);

    public bool HasHistograms => _histograms.Length > 0;

    /// <summary>Histograms, one a sample and null for floats; empty when there are floats only.</summary>
    public ReadOnlySpan<NativeHistogram?> Histograms => _histograms.AsSpan(0, HasHistograms ? Count : 0);

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
    public OutOfOrderChunk? With(in OutOfOrderSample sample)
    {
        int at = Count > 0 && sample.TimestampMs > MaxTime ? Count : ~Times.BinarySearch(sample.TimestampMs);
        if (at < 0) return null;
        var target = _shared ? Copy() : this;
        target.Insert(at, sample);
        return target;
    }

    private OutOfOrderChunk Copy() => new() { _times = [.. _times], _values = [.. _values], _histograms = [.. _histograms], Count = Count };

    private void Insert(int at, in OutOfOrderSample sample)
    {
        if (Count == _times.Length) Grow();
        if (sample.Histogram is not null && _histograms.Length == 0) _histograms = new NativeHistogram?[_times.Length];
        Insert(_times, at, sample.TimestampMs);
        Insert(_values, at, sample.Value);
        if (_histograms.Length > 0) Insert(_histograms, at, sample.Histogram);
        Count++;
    }

    private void Insert<T>(T[] column, int at, T value)
    {
        Array.Copy(column, at, column, at + 1, Count - at);
        column[at] = value;
    }

    private void Grow()
    {
        Array.Resize(ref _times, Count * 2);
        Array.Resize(ref _values, Count * 2);
        if (_histograms.Length > 0) Array.Resize(ref _histograms, Count * 2);
    }
}
