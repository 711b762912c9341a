namespace Streamline.Pipeline.Ingest.Otlp;

/// <summary>What one delta series has come to so far. A point goes in as a difference and comes out as the total since the stream began.</summary>
internal sealed partial class DeltaStream
{
    // Exponential histograms that would get wider are merged to a coarser scale, as OpenTelemetry's own do at 160.
    private const int MaxBuckets = 320;

    private ulong _startNanos;
    private ulong _lastNanos;
    private double _value;
    private ulong _count;
    private double? _sum;
    private ulong _zeroCount;
    private List<ulong> _buckets = [];
    private List<double> _bounds = [];
    private int _scale;
    private SortedDictionary<int, ulong> _positive = [], _negative = [];

    /// <summary>When the last point came, milliseconds of the host's clock.</summary>
    public long SeenMs { get; set; }

    /// <summary>Turns the point into a cumulative one; false when it is older than what the stream has already. The last point sent again gives the last total again.</summary>
    public bool TryAdd(OtlpPoint point, OtlpKind kind)
    {
        if (point.TimeNanos < _lastNanos) return false;
        bool isRepeated = point.TimeNanos == _lastNanos;
        if (!isRepeated && !point.HasNoValue) Add(point, kind);
        Write(point, kind);
        return true;
    }

    private void Add(OtlpPoint point, OtlpKind kind)
    {
        if (_startNanos == 0) _startNanos = point.StartNanos > 0 ? point.StartNanos : point.TimeNanos;
        _lastNanos = point.TimeNanos;
        if (kind == OtlpKind.Sum)
        {
            _value += point.Value;
            return;
        }
        if (kind == OtlpKind.Histogram && !_bounds.SequenceEqual(point.Bounds)) Restart(point);
        _count += point.Count;
        _sum = point.Sum is { } sum ? (_sum ?? 0) + sum : _sum;
        if (kind == OtlpKind.Histogram) AddBuckets(point.BucketCounts);
        else AddExponential(point);
    }

    // Other bounds: the counts so far mean nothing any more, the counter begins anew.
    private void Restart(OtlpPoint point)
    {
        _bounds = [.. point.Bounds];
        (_buckets, _count, _sum) = ([], 0, null);
        _startNanos = point.StartNanos > 0 ? point.StartNanos : point.TimeNanos;
    }

    private void AddBuckets(List<ulong> counts)
    {
        for (int i = 0; i < counts.Count; i++)
        {
            if (i == _buckets.Count) _buckets.Add(counts[i]);
            else _buckets[i] += counts[i];
        }
    }

    private void AddExponential(OtlpPoint point)
    {
        bool isFirst = _positive.Count == 0 && _negative.Count == 0;
        int scale = isFirst ? point.Scale : Math.Min(_scale, point.Scale);
        if (!isFirst) Coarsen(_scale - scale);
        _scale = scale;
        _zeroCount += point.ZeroCount;
        AddTo(_positive, point.Positive, point.Scale - scale);
        AddTo(_negative, point.Negative, point.Scale - scale);
        while (Width(_positive) > MaxBuckets || Width(_negative) > MaxBuckets)
        {
            Coarsen(1);
            _scale--;
        }
    }

    private static void AddTo(SortedDictionary<int, ulong> buckets, OtlpBuckets added, int shift)
    {
        for (int i = 0; i < added.Counts.Count; i++)
        {
            if (added.Counts[i] == 0) continue;
            int index = (int)(((long)added.Offset + i) >> Math.Min(shift, 31));
            buckets[index] = buckets.GetValueOrDefault(index) + added.Counts[i];
        }
    }

    private void Coarsen(int shift)
    {
        if (shift == 0) return;
        (_positive, _negative) = (Coarser(_positive, shift), Coarser(_negative, shift));
    }

    private static SortedDictionary<int, ulong> Coarser(SortedDictionary<int, ulong> buckets, int shift)
    {
        var coarser = new SortedDictionary<int, ulong>();
        foreach (var (index, count) in buckets)
        {
            int merged = index >> Math.Min(shift, 31);
            coarser[merged] = coarser.GetValueOrDefault(merged) + count;
        }
        return coarser;
    }

    private static long Width(SortedDictionary<int, ulong> buckets) => buckets.Count == 0 ? 0 : (long)buckets.Keys.Last() - buckets.Keys.First() + 1;

    private void Write(OtlpPoint point, OtlpKind kind)
    {
        point.StartNanos = _startNanos;
        (point.Value, point.Count, point.Sum) = (kind == OtlpKind.Sum ? _value : point.Value, _count, _sum);
        point.BucketCounts.Clear();
        point.BucketCounts.AddRange(_buckets);
        if (kind != OtlpKind.ExponentialHistogram) return;
        (point.Scale, point.ZeroCount) = (_scale, _zeroCount);
        Write(_positive, point.Positive);
        Write(_negative, point.Negative);
    }

    private static void Write(SortedDictionary<int, ulong> buckets, OtlpBuckets target)
    {
        target.Counts.Clear();
        if (buckets.Count == 0) return;
        target.Offset = buckets.Keys.First();
        foreach (var (index, count) in buckets)
        {
            while (target.Counts.Count < index - target.Offset) target.Counts.Add(0);
            target.Counts.Add(count);
        }
    }
}
