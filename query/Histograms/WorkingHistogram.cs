using Streamline.Storage;

namespace Streamline.Query.Histograms;

/// <summary>
/// A histogram to compute with: changed in place and used again. Sums may be compensated (Kahan, Neumaier); <see cref="Settle"/> ends that. Empty buckets are
/// not kept, so results are compact. The algebra is that of Prometheus's FloatHistogram.
/// </summary>
internal sealed partial class WorkingHistogram
{
    private readonly SparseBuckets _positive = new();
    private readonly SparseBuckets _negative = new();
    private double[] _bounds = [];
    private double _zeroRest;
    private double _countRest;
    private double _sumRest;

    /// <summary>Resolution.</summary>
    public int Schema { get; private set; }

    public double ZeroThreshold { get; private set; }

    public double ZeroCount { get; private set; }

    public double Count { get; private set; }

    public double Sum { get; private set; }

    /// <summary>What is known about a reset.</summary>
    public CounterResetHint Hint { get; set; }

    public bool HasCustomBuckets => Schema == NativeHistogram.CustomBucketsSchema;

    public SparseBuckets Positive => _positive;

    public SparseBuckets Negative => _negative;

    public ReadOnlySpan<double> Bounds => _bounds;

    /// <summary>A working copy.</summary>
    public static WorkingHistogram Of(NativeHistogram histogram) => new WorkingHistogram().Load(histogram);

    /// <summary>Becomes a copy of a histogram.</summary>
    public WorkingHistogram Load(NativeHistogram histogram)
    {
        LoadEmptyLike(histogram);
        ZeroThreshold = histogram.ZeroThreshold;
        ZeroCount = histogram.ZeroCount;
        Count = histogram.Count;
        Sum = histogram.Sum;
        Hint = histogram.ResetHint;
        _positive.Load(histogram.PositiveSpans, histogram.PositiveBuckets);
        _negative.Load(histogram.NegativeSpans, histogram.NegativeBuckets);
        return this;
    }

    /// <summary>Becomes a histogram without observations, of another one's schema.</summary>
    public WorkingHistogram LoadEmptyLike(NativeHistogram histogram)
    {
        Schema = histogram.Schema;
        _bounds = histogram.CustomBoundArray;
        ZeroThreshold = ZeroCount = Count = Sum = 0;
        Hint = CounterResetHint.Unknown;
        _zeroRest = _countRest = _sumRest = 0;
        _positive.Clear();
        _negative.Clear();
        return this;
    }

    /// <summary>Becomes a copy of another one, its compensation included.</summary>
    public void CopyFrom(WorkingHistogram other)
    {
        (Schema, _bounds, Hint) = (other.Schema, other._bounds, other.Hint);
        (ZeroThreshold, ZeroCount, Count, Sum) = (other.ZeroThreshold, other.ZeroCount, other.Count, other.Sum);
        (_zeroRest, _countRest, _sumRest) = (other._zeroRest, other._countRest, other._sumRest);
        _positive.CopyFrom(other._positive);
        _negative.CopyFrom(other._negative);
    }

    /// <summary>Multiplies everything that is counted. Counters do not fall: what is negative is a gauge.</summary>
    public WorkingHistogram Multiply(double factor)
    {
        ZeroCount *= factor;
        Count *= factor;
        Sum *= factor;
        _zeroRest *= factor;
        _countRest *= factor;
        _sumRest *= factor;
        _positive.Multiply(factor);
        _negative.Multiply(factor);
        if (factor < 0) Hint = CounterResetHint.Gauge;
        return this;
    }

    /// <summary>Divides everything that is counted; dividing by 0 leaves no buckets.</summary>
    public WorkingHistogram Divide(double divisor)
    {
        ZeroCount /= divisor;
        Count /= divisor;
        Sum /= divisor;
        if (divisor == 0)
        {
            _positive.Clear();
            _negative.Clear();
            return this;
        }
        _zeroRest /= divisor;
        _countRest /= divisor;
        _sumRest /= divisor;
        _positive.Divide(divisor);
        _negative.Divide(divisor);
        if (divisor < 0) Hint = CounterResetHint.Gauge;
        return this;
    }

    /// <summary>Ends compensated summation.</summary>
    public WorkingHistogram Settle()
    {
        ZeroCount += _zeroRest;
        Count += _countRest;
        Sum += _sumRest;
        _zeroRest = _countRest = _sumRest = 0;
        _positive.Settle();
        _negative.Settle();
        return this;
    }

    /// <summary>Whether anything has become infinite.</summary>
    public bool HasOverflow() =>
        double.IsInfinity(ZeroCount) || double.IsInfinity(Count) || double.IsInfinity(Sum) || AnyInfinite(_positive.Counts) || AnyInfinite(_negative.Counts)
        || AnyInfinite(_bounds);

    /// <summary>The result: compact, immutable.</summary>
    public NativeHistogram ToHistogram()
    {
        (HistogramSpan[] positiveSpans, double[] positive) = _positive.ToSpans();
        (HistogramSpan[] negativeSpans, double[] negative) = _negative.ToSpans();
        return new NativeHistogram
        {
            Schema = Schema,
            ZeroThreshold = ZeroThreshold,
            ZeroCount = ZeroCount,
            Count = Count,
            Sum = Sum,
            ResetHint = Hint,
            PositiveSpanArray = positiveSpans,
            PositiveBucketArray = positive,
            NegativeSpanArray = negativeSpans,
            NegativeBucketArray = negative,
            CustomBoundArray = _bounds,
        };
    }

    private static bool AnyInfinite(ReadOnlySpan<double> values)
    {
        foreach (double value in values)
        {
            if (double.IsInfinity(value)) return true;
        }
        return false;
    }
}
