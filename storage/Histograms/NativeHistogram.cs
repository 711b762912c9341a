namespace Streamline.Storage;

/// <summary>
/// One native histogram sample (histogram.Histogram and FloatHistogram of Prometheus): immutable, shared freely between threads. Bucket counts are absolute, not
/// deltas and not cumulative, and doubles in both kinds: integer histograms are exact up to 2^53 observations. Schema -4..8 is exponential,
/// <see cref="CustomBucketsSchema"/> has explicit bounds and positive buckets only. The arrays belong to the histogram once given.
/// </summary>
public sealed partial class NativeHistogram
{
    /// <summary>Schema of histograms whose bounds are given (native histograms with custom buckets, NHCB).</summary>
    public const int CustomBucketsSchema = -53;

    /// <summary>Coarsest exponential schema.</summary>
    public const int MinSchema = -4;

    /// <summary>Finest exponential schema.</summary>
    public const int MaxSchema = 8;

    private readonly HistogramSpan[] _positiveSpans = [];
    private readonly HistogramSpan[] _negativeSpans = [];
    private readonly double[] _positiveBuckets = [];
    private readonly double[] _negativeBuckets = [];
    private readonly double[] _customBounds = [];

    /// <summary>Resolution: bucket i of an exponential schema ends at 2^(i * 2^-schema).</summary>
    public required int Schema { get; init; }

    /// <summary>Half width of the zero bucket.</summary>
    public double ZeroThreshold { get; init; }

    /// <summary>Observations in the zero bucket.</summary>
    public double ZeroCount { get; init; }

    /// <summary>All observations, NaN observations included.</summary>
    public required double Count { get; init; }

    /// <summary>Sum of the observations; the stale marker's bits mark the whole histogram as stale.</summary>
    public required double Sum { get; init; }

    /// <summary>What is known about a reset before this histogram.</summary>
    public CounterResetHint ResetHint { get; init; }

    /// <summary>Whether all counts are integers by type: stored in integer histogram chunks.</summary>
    public bool IsInteger { get; init; }

    /// <summary>Spans of the positive buckets.</summary>
    public ReadOnlySpan<HistogramSpan> PositiveSpans => _positiveSpans;

    /// <summary>Spans of the negative buckets.</summary>
    public ReadOnlySpan<HistogramSpan> NegativeSpans => _negativeSpans;

    /// <summary>Counts of the positive buckets, one for each bucket of the spans.</summary>
    public ReadOnlySpan<double> PositiveBuckets => _positiveBuckets;

    /// <summary>Counts of the negative buckets, one for each bucket of the spans.</summary>
    public ReadOnlySpan<double> NegativeBuckets => _negativeBuckets;

    /// <summary>Upper bounds of custom buckets without +Inf, rising; empty for exponential schemas.</summary>
    public ReadOnlySpan<double> CustomBounds => _customBounds;

    /// <summary>Spans of the positive buckets; may be shared with other histograms, never written again.</summary>
    public HistogramSpan[] PositiveSpanArray { get => _positiveSpans; init => _positiveSpans = value; }

    /// <summary>Spans of the negative buckets; may be shared with other histograms, never written again.</summary>
    public HistogramSpan[] NegativeSpanArray { get => _negativeSpans; init => _negativeSpans = value; }

    /// <summary>Counts of the positive buckets; never written again.</summary>
    public double[] PositiveBucketArray { get => _positiveBuckets; init => _positiveBuckets = value; }

    /// <summary>Counts of the negative buckets; never written again.</summary>
    public double[] NegativeBucketArray { get => _negativeBuckets; init => _negativeBuckets = value; }

    /// <summary>Custom bounds; may be shared with other histograms, never written again.</summary>
    public double[] CustomBoundArray { get => _customBounds; init => _customBounds = value; }

    /// <summary>Whether the bounds are given instead of computed.</summary>
    public bool HasCustomBuckets => Schema == CustomBucketsSchema;

    /// <summary>Whether this marks the end of the series.</summary>
    public bool IsStale => StaleMarker.Is(Sum);

    /// <summary>The histogram that marks the end of a series of histograms.</summary>
    public static NativeHistogram Stale { get; } = new() { Schema = 0, Count = 0, Sum = StaleMarker.Value, IsInteger = true };

    /// <summary>The same histogram with another hint.</summary>
    public NativeHistogram WithHint(CounterResetHint hint) => hint == ResetHint ? this : new NativeHistogram
    {
        Schema = Schema,
        ZeroThreshold = ZeroThreshold,
        ZeroCount = ZeroCount,
        Count = Count,
        Sum = Sum,
        ResetHint = hint,
        IsInteger = IsInteger,
        PositiveSpanArray = _positiveSpans,
        NegativeSpanArray = _negativeSpans,
        PositiveBucketArray = _positiveBuckets,
        NegativeBucketArray = _negativeBuckets,
        CustomBoundArray = _customBounds,
    };

    /// <summary>Whether spans and buckets fit each other; decoders call it before a histogram goes on.</summary>
    public bool IsWellFormed => Total(_positiveSpans) == _positiveBuckets.Length && Total(_negativeSpans) == _negativeBuckets.Length;

    private static long Total(HistogramSpan[] spans)
    {
        long total = 0;
        foreach (var span in spans) total += span.Length;
        return total;
    }
}
