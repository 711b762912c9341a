using Streamline.Storage.Encoding;

namespace Streamline.Storage.Histograms;

/// <summary>What has to happen so that a histogram can follow those of a chunk.</summary>
internal enum HistogramFit
{
    /// <summary>It is added as it is.</summary>
    Append,

    /// <summary>It has new buckets: the chunk is written anew with room for them.</summary>
    Recode,

    /// <summary>It starts a chunk.</summary>
    NewChunk,
}

/// <summary>The verdict, the header of a new chunk, and the histogram in the buckets that the chunk has afterwards.</summary>
internal readonly record struct HistogramPlacement(HistogramFit Fit, CounterResetHint Header, NativeHistogram Histogram);

/// <summary>
/// Writes the samples of one histogram chunk, bit for bit as Prometheus does (tsdb/chunkenc/histogram.go, float_histogram.go): counts as changes of their change
/// in integer chunks, XORed with the one before in float chunks. Bytes go to the caller's writer, so that the chunk may lie anywhere. Small arrays are kept
/// from chunk to chunk.
/// </summary>
internal sealed class HistogramEncoder(bool isInteger)
{
    private long _time, _timeDelta;
    private HistogramLayout? _layout;
    private XorWindow _sum;

    // Positive buckets, then negative ones, as they were last; whole numbers in integer chunks.
    private double[] _counts = [];

    // Integer chunks: the last change of count, zero count and each bucket's difference to the bucket below it.
    private double _count, _zeroCount;
    private long _countDelta, _zeroDelta;
    private long[] _deltas = [];

    // Float chunks: count, zero count, buckets.
    private XorWindow[] _windows = [];

    public bool IsInteger => isInteger;

    public byte Encoding => isInteger ? HistogramChunk.IntegerEncoding : HistogramChunk.FloatEncoding;

    /// <summary>Samples in the chunk.</summary>
    public int Count { get; private set; }

    /// <summary>The chunk's header bits.</summary>
    public CounterResetHint Header { get; private set; }

    private ReadOnlySpan<double> PositiveCounts => _counts.AsSpan(0, _layout!.PositiveCount);

    private ReadOnlySpan<double> NegativeCounts => _counts.AsSpan(_layout!.PositiveCount);

    /// <summary>How a histogram may follow what is there. Its kind must be the chunk's, and a chunk must have been begun.</summary>
    public HistogramPlacement Place(NativeHistogram histogram)
    {
        bool isGauge = histogram.ResetHint == CounterResetHint.Gauge;
        if (isGauge ? !FitsGauge(histogram) : !FitsCounter(histogram, out _, out _, out _)) return new HistogramPlacement(HistogramFit.NewChunk, HeaderBehind(histogram), histogram);
        if (histogram.IsStale || _layout!.IsOf(histogram)) return new HistogramPlacement(HistogramFit.Append, Header, histogram);
        return PlaceInLayout(histogram, isGauge);
    }

    /// <summary>The header of a chunk that begins with a histogram because this encoder's chunk cannot or shall not take it.</summary>
    /// <param name="histogram">The first one of the new chunk.</param>
    /// <param name="isCut">The old chunk was full, rather than unfit.</param>
    public CounterResetHint HeaderBehind(NativeHistogram histogram, bool isCut = false)
    {
        if (histogram.ResetHint is CounterResetHint.Gauge or CounterResetHint.Reset) return histogram.ResetHint;
        FitsCounter(histogram, out var verdict, out _, out _);
        if (isInteger || verdict == CounterResetHint.Reset) return verdict;
        return isCut ? CounterResetHint.NotReset : CounterResetHint.Unknown;
    }

    /// <summary>The header of a chunk with nothing of the same kind before it.</summary>
    public static CounterResetHint HeaderOf(NativeHistogram first) =>
        first.ResetHint is CounterResetHint.Gauge or CounterResetHint.Reset ? first.ResetHint : CounterResetHint.Unknown;

    /// <summary>Begins a chunk: the writer holds its header afterwards.</summary>
    public void Begin(BitWriter writer, CounterResetHint header)
    {
        writer.Reset(HistogramChunk.HeaderBytes);
        HistogramChunk.SetHeader(writer.Bytes, header);
        (Count, Header, _layout) = (0, header, null);
    }

    /// <summary>Adds a sample that was placed; the count in the chunk's header is the caller's.</summary>
    public void Append(BitWriter writer, long timestampMs, NativeHistogram histogram)
    {
        if (histogram.IsStale) histogram = WithoutBuckets(histogram);
        if (Count++ == 0) WriteFirst(writer, timestampMs, histogram);
        else WriteNext(writer, timestampMs, histogram);
        _time = timestampMs;
        // What follows a stale marker is another one: the buckets stay as they are.
        if (histogram.IsStale) return;
        histogram.PositiveBuckets.CopyTo(_counts);
        histogram.NegativeBuckets.CopyTo(_counts.AsSpan(_layout!.PositiveCount));
    }

    /// <summary>Writes a chunk's samples with the buckets of a histogram, and leaves the encoder ready to add it. False when the chunk is corrupt.</summary>
    public bool TryRecode(BitWriter writer, ReadOnlySpan<byte> chunk, int samples, NativeHistogram wider)
    {
        var reader = new HistogramReader();
        reader.Open(chunk, Encoding, samples);
        Begin(writer, Header);
        Span<long> time = stackalloc long[1];
        var slot = new NativeHistogram[1];
        while (reader.Remaining > 0)
        {
            if (reader.Next(chunk, time, slot) <= 0) return false;
            Append(writer, time[0], slot[0].IsStale ? slot[0] : InLayoutOf(slot[0], wider.PositiveSpanArray, wider.NegativeSpanArray));
        }
        HistogramChunk.SetCount(writer.Bytes, Count);
        return true;
    }

    /// <summary>The state after a finished chunk, so that it can grow on; null when it is corrupt.</summary>
    public static HistogramEncoder? Resume(ReadOnlySpan<byte> chunk, byte encoding, int samples)
    {
        if (chunk.Length < HistogramChunk.HeaderBytes) return null;
        var encoder = new HistogramEncoder(encoding == HistogramChunk.IntegerEncoding);
        var reader = new HistogramReader();
        reader.Open(chunk, encoding, samples);
        var scratch = new BitWriter();
        encoder.Begin(scratch, HistogramChunk.HeaderOf(chunk));
        Span<long> time = stackalloc long[1];
        var slot = new NativeHistogram[1];
        while (reader.Remaining > 0)
        {
            if (reader.Next(chunk, time, slot) <= 0) return null;
            encoder.Append(scratch, time[0], slot[0]);
        }
        return encoder;
    }

    private HistogramPlacement PlaceInLayout(NativeHistogram histogram, bool isGauge)
    {
        var layout = _layout!;
        var positive = BucketSpans.Compare(layout.Positive, histogram.PositiveSpans);
        var negative = BucketSpans.Compare(layout.Negative, histogram.NegativeSpans);
        bool grows = positive.Grows || negative.Grows, lacks = positive.Lacks || negative.Lacks;
        if (!grows) return new HistogramPlacement(HistogramFit.Append, Header, InLayoutOf(histogram, layout.Positive, layout.Negative));
        if (!lacks) return new HistogramPlacement(HistogramFit.Recode, Header, histogram);
        // Spans that need no more room stay as the histogram has them; of gauges both sides are joined.
        var positiveSpans = isGauge || positive.Lacks ? BucketSpans.Union(layout.Positive, histogram.PositiveSpans) : histogram.PositiveSpanArray;
        var negativeSpans = isGauge || negative.Lacks ? BucketSpans.Union(layout.Negative, histogram.NegativeSpans) : histogram.NegativeSpanArray;
        return new HistogramPlacement(HistogramFit.Recode, Header, InLayoutOf(histogram, positiveSpans, negativeSpans));
    }

    private static NativeHistogram InLayoutOf(NativeHistogram histogram, HistogramSpan[] positive, HistogramSpan[] negative) => new()
    {
        Schema = histogram.Schema,
        ZeroThreshold = histogram.ZeroThreshold,
        ZeroCount = histogram.ZeroCount,
        Count = histogram.Count,
        Sum = histogram.Sum,
        ResetHint = histogram.ResetHint,
        IsInteger = histogram.IsInteger,
        PositiveSpanArray = positive,
        NegativeSpanArray = negative,
        PositiveBucketArray = BucketSpans.Spread(histogram.PositiveSpans, histogram.PositiveBuckets, positive),
        NegativeBucketArray = BucketSpans.Spread(histogram.NegativeSpans, histogram.NegativeBuckets, negative),
        CustomBoundArray = histogram.CustomBoundArray,
    };

    private static NativeHistogram WithoutBuckets(NativeHistogram stale) => new() { Schema = 0, Count = 0, Sum = stale.Sum, IsInteger = stale.IsInteger };

    /// <summary>Whether a counter may follow; the verdict is what a new chunk's header would say. Prometheus's order of questions.</summary>
    private bool FitsCounter(NativeHistogram histogram, out CounterResetHint verdict, out BucketChange positive, out BucketChange negative)
    {
        (verdict, positive, negative) = (CounterResetHint.NotReset, default, default);
        if (Count > 0 && Header == CounterResetHint.Gauge) return false;
        if (histogram.ResetHint == CounterResetHint.Reset) return Refuse(CounterResetHint.Reset, out verdict);
        if (histogram.IsStale) return true;
        if (StaleMarker.Is(_sum.Value)) return Refuse(CounterResetHint.Unknown, out verdict);
        if (histogram.Count < LastCount) return Refuse(CounterResetHint.Reset, out verdict);
        var layout = _layout!;
        if (histogram.Schema != layout.Schema || histogram.ZeroThreshold != layout.ZeroThreshold) return Refuse(CounterResetHint.Unknown, out verdict);
        if (!layout.HasScaleOf(histogram) || histogram.ZeroCount < LastZeroCount) return Refuse(CounterResetHint.Reset, out verdict);
        positive = BucketSpans.Compare(layout.Positive, PositiveCounts, histogram.PositiveSpans, histogram.PositiveBuckets);
        if (positive.Fell) return Refuse(CounterResetHint.Reset, out verdict);
        negative = BucketSpans.Compare(layout.Negative, NegativeCounts, histogram.NegativeSpans, histogram.NegativeBuckets);
        return !negative.Fell || Refuse(CounterResetHint.Reset, out verdict);
    }

    private static bool Refuse(CounterResetHint hint, out CounterResetHint verdict)
    {
        verdict = hint;
        return false;
    }

    private bool FitsGauge(NativeHistogram histogram)
    {
        if (Count > 0 && Header != CounterResetHint.Gauge) return false;
        if (histogram.IsStale) return true;
        return !StaleMarker.Is(_sum.Value) && _layout!.HasScaleOf(histogram);
    }

    private double LastCount => isInteger ? _count : _windows[0].Value;

    private double LastZeroCount => isInteger ? _zeroCount : _windows[1].Value;

    private void WriteFirst(BitWriter writer, long timestampMs, NativeHistogram histogram)
    {
        _layout = HistogramLayout.Of(histogram);
        _layout.Write(writer);
        int buckets = _layout.PositiveCount + _layout.NegativeCount;
        if (_counts.Length != buckets) _counts = new double[buckets];
        _timeDelta = 0;
        writer.PutVarbit(timestampMs);
        if (isInteger) WriteFirstInteger(writer, histogram, buckets);
        else WriteFirstFloat(writer, histogram, buckets);
    }

    private void WriteFirstInteger(BitWriter writer, NativeHistogram histogram, int buckets)
    {
        if (_deltas.Length != buckets) _deltas = new long[buckets];
        else Array.Clear(_deltas);
        writer.PutVarbitUnsigned((ulong)histogram.Count);
        writer.PutVarbitUnsigned((ulong)histogram.ZeroCount);
        (_count, _zeroCount, _countDelta, _zeroDelta) = (histogram.Count, histogram.ZeroCount, 0, 0);
        _sum = XorWindow.Of(histogram.Sum);
        writer.Put(_sum.Bits, 64);
        WriteSteps(writer, histogram.PositiveBuckets);
        WriteSteps(writer, histogram.NegativeBuckets);
    }

    private static void WriteSteps(BitWriter writer, ReadOnlySpan<double> counts)
    {
        long below = 0;
        foreach (double count in counts)
        {
            writer.PutVarbit((long)count - below);
            below = (long)count;
        }
    }

    private void WriteFirstFloat(BitWriter writer, NativeHistogram histogram, int buckets)
    {
        if (_windows.Length != 2 + buckets) _windows = new XorWindow[2 + buckets];
        int at = 0;
        _windows[at++] = XorWindow.Of(histogram.Count);
        _windows[at++] = XorWindow.Of(histogram.ZeroCount);
        _sum = XorWindow.Of(histogram.Sum);
        writer.Put(_windows[0].Bits, 64);
        writer.Put(_windows[1].Bits, 64);
        writer.Put(_sum.Bits, 64);
        foreach (double count in histogram.PositiveBuckets) writer.Put((_windows[at++] = XorWindow.Of(count)).Bits, 64);
        foreach (double count in histogram.NegativeBuckets) writer.Put((_windows[at++] = XorWindow.Of(count)).Bits, 64);
    }

    private void WriteNext(BitWriter writer, long timestampMs, NativeHistogram histogram)
    {
        long delta = timestampMs - _time;
        writer.PutVarbit(delta - _timeDelta);
        _timeDelta = delta;
        if (isInteger) WriteNextInteger(writer, histogram);
        else WriteNextFloat(writer, histogram);
    }

    private void WriteNextInteger(BitWriter writer, NativeHistogram histogram)
    {
        long countDelta = (long)histogram.Count - (long)_count, zeroDelta = (long)histogram.ZeroCount - (long)_zeroCount;
        writer.PutVarbit(histogram.IsStale ? 0 : countDelta - _countDelta);
        writer.PutVarbit(histogram.IsStale ? 0 : zeroDelta - _zeroDelta);
        writer.PutXor(BitConverter.DoubleToUInt64Bits(histogram.Sum), ref _sum);
        (_count, _zeroCount, _countDelta, _zeroDelta) = (histogram.Count, histogram.ZeroCount, countDelta, zeroDelta);
        if (histogram.IsStale) return;
        int positive = _layout!.PositiveCount;
        WriteChanges(writer, histogram.PositiveBuckets, _counts.AsSpan(0, positive), _deltas.AsSpan(0, positive));
        WriteChanges(writer, histogram.NegativeBuckets, _counts.AsSpan(positive), _deltas.AsSpan(positive));
    }

    private static void WriteChanges(BitWriter writer, ReadOnlySpan<double> counts, ReadOnlySpan<double> before, Span<long> deltas)
    {
        long below = 0, belowBefore = 0;
        for (int i = 0; i < counts.Length; i++)
        {
            long step = (long)counts[i] - below, delta = step - ((long)before[i] - belowBefore);
            writer.PutVarbit(delta - deltas[i]);
            deltas[i] = delta;
            (below, belowBefore) = ((long)counts[i], (long)before[i]);
        }
    }

    private void WriteNextFloat(BitWriter writer, NativeHistogram histogram)
    {
        int at = 0;
        writer.PutXor(BitConverter.DoubleToUInt64Bits(histogram.Count), ref _windows[at++]);
        writer.PutXor(BitConverter.DoubleToUInt64Bits(histogram.ZeroCount), ref _windows[at++]);
        writer.PutXor(BitConverter.DoubleToUInt64Bits(histogram.Sum), ref _sum);
        foreach (double count in histogram.PositiveBuckets) writer.PutXor(BitConverter.DoubleToUInt64Bits(count), ref _windows[at++]);
        foreach (double count in histogram.NegativeBuckets) writer.PutXor(BitConverter.DoubleToUInt64Bits(count), ref _windows[at++]);
    }
}
