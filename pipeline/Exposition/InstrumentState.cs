using System.Diagnostics.Metrics;

namespace Streamline.Pipeline.Exposition;

/// <summary>The values of one instrument, one cell per distinct tags. Recording into a known cell allocates nothing.</summary>
internal sealed class InstrumentState
{
    // Prometheus's default buckets, seconds.
    private static readonly double[] DefaultBounds = [.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10];

    private readonly Lock _lock = new();
    private readonly List<Cell> _cells = [];
    private readonly bool _adds;
    private readonly double[]? _bounds;
    private int _observation;

    public InstrumentState(Instrument instrument)
    {
        Help = instrument.Description ?? "";
        IsObservable = instrument.IsObservable;
        Type = TypeOf(instrument);
        _adds = !IsObservable && instrument is Counter<long> or Counter<int> or Counter<double> or UpDownCounter<long> or UpDownCounter<int> or UpDownCounter<double>;
        if (Type == MetricType.Histogram) _bounds = BoundsOf(instrument);
    }

    public MetricType Type { get; }

    public string Help { get; }

    private bool IsObservable { get; }

    /// <summary>Only cells that are observed from here on are shown.</summary>
    public void BeginObservation()
    {
        lock (_lock) _observation++;
    }

    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        lock (_lock)
        {
            var cell = Find(tags);
            cell.Observation = _observation;
            if (_bounds is not null) cell.Observe(value, _bounds);
            else cell.Value = _adds ? cell.Value + value : value;
        }
    }

    public void WriteTo(IMetricSink sink)
    {
        lock (_lock)
        {
            foreach (var cell in _cells)
            {
                if (IsObservable && cell.Observation != _observation) continue;
                if (_bounds is null) sink.Sample("", cell.Tags, cell.Value);
                else cell.WriteHistogram(sink, _bounds);
            }
        }
    }

    private static MetricType TypeOf(Instrument instrument) => instrument switch
    {
        Counter<long> or Counter<int> or Counter<double> or ObservableCounter<long> or ObservableCounter<int> or ObservableCounter<double> => MetricType.Counter,
        Histogram<long> or Histogram<int> or Histogram<double> => MetricType.Histogram,
        _ => MetricType.Gauge,
    };

    private static double[] BoundsOf(Instrument instrument) => instrument switch
    {
        Histogram<double> { Advice.HistogramBucketBoundaries: { } bounds } => [.. bounds],
        Histogram<long> { Advice.HistogramBucketBoundaries: { } bounds } => [.. bounds.Select(bound => (double)bound)],
        Histogram<int> { Advice.HistogramBucketBoundaries: { } bounds } => [.. bounds.Select(bound => (double)bound)],
        _ => DefaultBounds,
    };

    // Instruments have few cells; a walk with comparisons needs no key object.
    private Cell Find(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (var cell in _cells)
        {
            if (SameTags(cell.Tags, tags)) return cell;
        }
        var added = new Cell(tags.ToArray(), _bounds?.Length ?? 0);
        _cells.Add(added);
        return added;
    }

    private static bool SameTags(KeyValuePair<string, object?>[] mine, ReadOnlySpan<KeyValuePair<string, object?>> theirs)
    {
        if (mine.Length != theirs.Length) return false;
        for (int i = 0; i < mine.Length; i++)
        {
            if (mine[i].Key != theirs[i].Key || !Equals(mine[i].Value, theirs[i].Value)) return false;
        }
        return true;
    }

    private sealed class Cell(KeyValuePair<string, object?>[] tags, int bounds)
    {
        private readonly long[] _buckets = new long[bounds];
        private double _sum;
        private long _count;

        public KeyValuePair<string, object?>[] Tags { get; } = tags;

        public double Value { get; set; }

        public int Observation { get; set; }

        public void Observe(double value, double[] upperBounds)
        {
            for (int i = 0; i < upperBounds.Length; i++)
            {
                if (value > upperBounds[i]) continue;
                _buckets[i]++;
                break;
            }
            _sum += value;
            _count++;
        }

        public void WriteHistogram(IMetricSink sink, double[] upperBounds)
        {
            long cumulative = 0;
            for (int i = 0; i < upperBounds.Length; i++)
            {
                cumulative += _buckets[i];
                sink.Sample("_bucket", Tags, cumulative, upperBounds[i]);
            }
            sink.Sample("_bucket", Tags, _count, double.PositiveInfinity);
            sink.Sample("_sum", Tags, _sum);
            sink.Sample("_count", Tags, _count);
        }
    }
}
