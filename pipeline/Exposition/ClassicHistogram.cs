using System.Globalization;
using Streamline.Storage;

namespace Streamline.Pipeline.Exposition;

/// <summary>
/// Buckets, count and sum of one classic histogram on their way to a native one with custom buckets (util/convertnhcb). Reused: the arrays stay.
/// </summary>
internal sealed class ClassicHistogram
{
    // Empty buckets in a row that an integer histogram keeps, as Prometheus does: NHCB integer chunks compress zeros well.
    private const int KeptEmptyBuckets = 2;

    private double[] _bounds = new double[16];
    private double[] _counts = new double[16];
    private int _buckets;
    private double? _count;
    private double _sum;
    private string? _problem;

    public void Clear() => (_buckets, _count, _sum, _problem) = (0, null, 0, null);

    public void SetSum(double sum) => _sum = sum;

    public void SetCount(double count)
    {
        if (count < 0) _problem ??= string.Create(CultureInfo.InvariantCulture, $"the count {count} is negative");
        _count = count;
    }

    /// <summary>Adds a cumulative bucket. Of two with one bound the first counts.</summary>
    public void Add(double bound, double count)
    {
        if (_problem is not null) return;
        if (count < 0)
        {
            _problem = string.Create(CultureInfo.InvariantCulture, $"the bucket le={bound} has the negative count {count}");
            return;
        }
        int at = _buckets;
        while (at > 0 && _bounds[at - 1] > bound) at--;
        if (at > 0 && _bounds[at - 1] == bound) return;
        if ((at > 0 && count < _counts[at - 1]) || (at < _buckets && count > _counts[at]))
        {
            _problem = string.Create(CultureInfo.InvariantCulture, $"the bucket le={bound} is not cumulative: {count}");
            return;
        }
        Insert(at, bound, count);
    }

    /// <summary>The native histogram; null with a problem when the parts do not make one.</summary>
    public NativeHistogram? Convert(CounterResetHint hint, out string? problem)
    {
        double count = _count ?? (_buckets > 0 ? _counts[_buckets - 1] : 0);
        if (_problem is null && (_buckets == 0 || !double.IsPositiveInfinity(_bounds[_buckets - 1]))) Insert(_buckets, double.PositiveInfinity, count);
        if (_problem is null && count != _counts[_buckets - 1])
            _problem = string.Create(CultureInfo.InvariantCulture, $"the count {count} is not that of the last bucket, {_counts[_buckets - 1]}");
        problem = _problem;
        return problem is null ? Build(count, hint) : null;
    }

    private NativeHistogram Build(double count, CounterResetHint hint)
    {
        var buckets = new double[_buckets];
        bool isInteger = IsWhole(count);
        double before = 0;
        for (int i = 0; i < _buckets; i++)
        {
            buckets[i] = _counts[i] - before;
            before = _counts[i];
            isInteger &= IsWhole(_counts[i]);
        }
        var histogram = new NativeHistogram
        {
            Schema = NativeHistogram.CustomBucketsSchema,
            Count = count,
            Sum = _sum,
            IsInteger = isInteger,
            ResetHint = hint,
            PositiveSpanArray = [new HistogramSpan(0, (uint)_buckets)],
            PositiveBucketArray = buckets,
            CustomBoundArray = _bounds[..(_buckets - 1)],
        };
        return histogram.Compact(isInteger ? KeptEmptyBuckets : 0);
    }

    private static bool IsWhole(double count) => count == Math.Round(count) && count < 1L << 53;

    private void Insert(int at, double bound, double count)
    {
        if (_buckets == _bounds.Length)
        {
            Array.Resize(ref _bounds, _buckets * 2);
            Array.Resize(ref _counts, _buckets * 2);
        }
        Array.Copy(_bounds, at, _bounds, at + 1, _buckets - at);
        Array.Copy(_counts, at, _counts, at + 1, _buckets - at);
        (_bounds[at], _counts[at]) = (bound, count);
        _buckets++;
    }
}
