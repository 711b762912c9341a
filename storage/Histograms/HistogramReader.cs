using Streamline.Storage.Encoding;

namespace Streamline.Storage.Histograms;

/// <summary>
/// Decodes a histogram chunk. Holds no memory of the chunk: the caller passes it to each call. What it allocates is the histograms, their counts, and the layout
/// once a chunk.
/// </summary>
internal sealed class HistogramReader
{
    /// <summary>What <see cref="Next"/> returns for bytes that are no chunk.</summary>
    public const int Corrupt = -1;

    /// <summary>What a stale marker in a float histogram chunk reads as.</summary>
    public static NativeHistogram StaleFloat { get; } = new() { Schema = 0, Count = 0, Sum = StaleMarker.Value };

    private bool _isInteger, _isCorrupt;
    private int _samples, _read, _at;
    private CounterResetHint _header;
    private HistogramLayout? _layout;
    private long _time, _timeDelta;
    private XorWindow _sum;

    private StartTimes _starts;

    // Integer chunks. Steps are the differences of each bucket to the one below it.
    private long _count, _countDelta, _zeroCount, _zeroDelta;
    private long[] _steps = [], _deltas = [];

    // Float chunks: count, zero count, buckets.
    private XorWindow[] _windows = [];

    /// <summary>Samples still to come.</summary>
    public int Remaining => _samples - _read;

    /// <summary>Whether the chunk knows start times.</summary>
    public bool HasStarts => _starts.Any;

    /// <summary>Turns to a chunk.</summary>
    /// <param name="chunk">Its bytes; those behind the samples wanted may still change.</param>
    /// <param name="encoding">Integer or float histograms.</param>
    /// <param name="samples">The header's count, or fewer when the chunk is still growing.</param>
    public void Open(ReadOnlySpan<byte> chunk, byte encoding, int samples)
    {
        _isInteger = HistogramChunk.IsInteger(encoding);
        (_samples, _read, _at, _layout) = (samples, 0, 8 * HistogramChunk.HeaderBytes, null);
        _isCorrupt = chunk.Length < HistogramChunk.HeaderBytes;
        _header = _isCorrupt ? CounterResetHint.Unknown : HistogramChunk.HeaderOf(chunk, encoding);
        _starts = new StartTimes(!_isCorrupt && HistogramChunk.HasStarts(encoding) ? chunk[HistogramChunk.HeaderBytes - 1] : (byte)0);
        if (_isCorrupt) _samples = Math.Max(samples, 1);
    }

    /// <summary>
    /// Decodes the next samples into both columns (of one length) and returns their number, 0 at the end, <see cref="Corrupt"/> when the chunk ends too early
    /// or says something impossible; every later call repeats that.
    /// </summary>
    /// <param name="chunk">The chunk opened.</param>
    /// <param name="timestamps">Times.</param>
    /// <param name="histograms">Histograms.</param>
    /// <param name="starts">Start times, or empty.</param>
    public int Next(ReadOnlySpan<byte> chunk, Span<long> timestamps, Span<NativeHistogram> histograms, Span<long> starts = default)
    {
        int want = Math.Min(Math.Min(timestamps.Length, histograms.Length), Remaining);
        if (_isCorrupt) return Corrupt;
        var reader = new BitReader(chunk, _at);
        for (int i = 0; i < want; i++)
        {
            long previous = _time;
            histograms[i] = _read == 0 ? ReadFirst(ref reader) : ReadNext(ref reader);
            if (_starts.Any) _starts.Read(ref reader, _read - 1, _time, previous);
            if (reader.Failed || _layout is null)
            {
                _isCorrupt = true;
                return Corrupt;
            }
            timestamps[i] = _time;
            if (!starts.IsEmpty) starts[i] = _starts.Start;
        }
        _at = reader.At;
        return want;
    }

    /// <summary>Time of the last sample; <see cref="long.MinValue"/> when the chunk is corrupt.</summary>
    public static long LastTime(ReadOnlySpan<byte> chunk, byte encoding, int samples)
    {
        var reader = new HistogramReader();
        reader.Open(chunk, encoding, samples);
        var times = new long[1];
        var slot = new NativeHistogram[1];
        while (reader.Remaining > 0)
        {
            if (reader.Next(chunk, times, slot) < 0) return long.MinValue;
        }
        return times[0];
    }

    private NativeHistogram ReadFirst(ref BitReader reader)
    {
        _layout = HistogramLayout.Read(ref reader);
        if (_layout is null) return NativeHistogram.Stale;
        (_time, _timeDelta) = (reader.ReadVarbit(), 0);
        int buckets = _layout.PositiveCount + _layout.NegativeCount;
        if (_isInteger) ReadFirstInteger(ref reader, buckets);
        else ReadFirstFloat(ref reader, buckets);
        _read++;
        return Build();
    }

    private void ReadFirstInteger(ref BitReader reader, int buckets)
    {
        if (_steps.Length != buckets) (_steps, _deltas) = (new long[buckets], new long[buckets]);
        else Array.Clear(_deltas);
        (_count, _countDelta) = ((long)reader.ReadVarbitUnsigned(), 0);
        (_zeroCount, _zeroDelta) = ((long)reader.ReadVarbitUnsigned(), 0);
        _sum = XorWindow.Of(reader.ReadDouble());
        foreach (ref long step in _steps.AsSpan()) step = reader.ReadVarbit();
    }

    private void ReadFirstFloat(ref BitReader reader, int buckets)
    {
        if (_windows.Length != 2 + buckets) _windows = new XorWindow[2 + buckets];
        _windows[0] = XorWindow.Of(reader.ReadDouble());
        _windows[1] = XorWindow.Of(reader.ReadDouble());
        _sum = XorWindow.Of(reader.ReadDouble());
        foreach (ref var window in _windows.AsSpan(2)) window = XorWindow.Of(reader.ReadDouble());
    }

    private NativeHistogram ReadNext(ref BitReader reader)
    {
        _timeDelta += reader.ReadVarbit();
        _time += _timeDelta;
        if (_isInteger) ReadNextInteger(ref reader);
        else ReadNextFloat(ref reader);
        _read++;
        return Build();
    }

    private void ReadNextInteger(ref BitReader reader)
    {
        _countDelta += reader.ReadVarbit();
        _count += _countDelta;
        _zeroDelta += reader.ReadVarbit();
        _zeroCount += _zeroDelta;
        reader.ReadXor(ref _sum);
        if (StaleMarker.Is(_sum.Value)) return;
        for (int i = 0; i < _steps.Length; i++)
        {
            _deltas[i] += reader.ReadVarbit();
            _steps[i] += _deltas[i];
        }
    }

    private void ReadNextFloat(ref BitReader reader)
    {
        reader.ReadXor(ref _windows[0]);
        reader.ReadXor(ref _windows[1]);
        reader.ReadXor(ref _sum);
        if (StaleMarker.Is(_sum.Value)) return;
        foreach (ref var window in _windows.AsSpan(2)) reader.ReadXor(ref window);
    }

    private NativeHistogram Build()
    {
        if (StaleMarker.Is(_sum.Value)) return _isInteger ? NativeHistogram.Stale : StaleFloat;
        var layout = _layout!;
        var histogram = new NativeHistogram
        {
            Schema = layout.Schema,
            ZeroThreshold = layout.ZeroThreshold,
            ZeroCount = _isInteger ? (ulong)_zeroCount : _windows[1].Value,
            Count = _isInteger ? (ulong)_count : _windows[0].Value,
            Sum = _sum.Value,
            ResetHint = Hint(),
            IsInteger = _isInteger,
            PositiveSpanArray = layout.Positive,
            NegativeSpanArray = layout.Negative,
            PositiveBucketArray = Counts(0, layout.PositiveCount),
            NegativeBucketArray = Counts(layout.PositiveCount, layout.NegativeCount),
            CustomBoundArray = layout.Bounds,
        };
        return layout.Schema > NativeHistogram.MaxSchema ? HistogramResolution.Reduce(histogram, NativeHistogram.MaxSchema) : histogram;
    }

    // Inside a chunk of counters nothing is reset. Whether the chunk before it is the one that its header speaks of, nobody knows here.
    private CounterResetHint Hint() => _header == CounterResetHint.Gauge ? CounterResetHint.Gauge : _read > 1 ? CounterResetHint.NotReset : CounterResetHint.Unknown;

    private double[] Counts(int from, int count)
    {
        if (count == 0) return [];
        var counts = new double[count];
        if (!_isInteger)
        {
            for (int i = 0; i < count; i++) counts[i] = _windows[2 + from + i].Value;
            return counts;
        }
        long sum = 0;
        for (int i = 0; i < count; i++) counts[i] = sum += _steps[from + i];
        return counts;
    }
}
