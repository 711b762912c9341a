using System.Text;
using Streamline.Pipeline.Config;
using Streamline.Pipeline.Exposition;
using Streamline.Storage;

namespace Streamline.Pipeline.Ingest.Otlp;

/// <summary>
/// One decoded request to samples of a batch (reference W18-W21). What cannot be told in Prometheus's terms is left out; the first such problem is kept for the
/// answer, the rest is stored.
/// </summary>
internal sealed class OtlpTranslator(OtlpConfig config, IOtlpSink sink, SourceMetadata metadata, LabelsBuilder labels, bool typeAndUnit)
{
    // target_info is repeated at half of the default lookback, so that a query finds it anywhere between a request's first and last point.
    private const long TargetInfoStepMs = 150_000;

    // A request that spans a year must not write a million of them.
    private const int MaxTargetInfos = 1_000;

    private readonly OtlpNames _names = new(config);
    private OtlpLabels _labels = null!;
    private string _name = "";
    private byte[] _unit = [];

    /// <summary>The first thing that could not be stored.</summary>
    public string? Problem { get; private set; }

    public int Collisions => _labels?.Collisions ?? 0;

    public int EmptyMetrics { get; private set; }

    /// <summary>Translates everything.</summary>
    public void Add(List<OtlpResource> resources)
    {
        _labels = new OtlpLabels(config, _names);
        foreach (var resource in resources) Add(resource);
    }

    private void Add(OtlpResource resource)
    {
        _labels.Use(resource);
        long first = long.MaxValue, last = long.MinValue;
        foreach (var scope in resource.Scopes)
        {
            _labels.Use(scope);
            foreach (var metric in scope.Metrics)
            {
                foreach (var point in metric.Points) (first, last) = (Math.Min(first, point.TimeMs), Math.Max(last, point.TimeMs));
                Add(metric);
            }
        }
        if (first <= last) AddTargetInfo(resource, first, last);
    }

    private void Add(OtlpMetric metric)
    {
        if (metric.Points.Count == 0) EmptyMetrics++;
        bool isCounted = metric.Kind is OtlpKind.Sum or OtlpKind.Histogram or OtlpKind.ExponentialHistogram;
        if (metric.Kind == OtlpKind.None || isCounted && metric.Temporality is not (OtlpTemporality.Delta or OtlpTemporality.Cumulative))
        {
            Problem ??= metric.Kind == OtlpKind.None ? $"metric \"{metric.Name}\" has an unknown type" : $"invalid temporality and type combination for metric \"{metric.Name}\"";
            return;
        }
        if (_names.Metric(metric) is not { } name)
        {
            Problem ??= $"metric \"{metric.Name}\" has a name of which nothing can be used";
            return;
        }
        (_name, _unit) = (name, Encoding.UTF8.GetBytes(OtlpUnits.Name(metric.Unit)));
        metadata.Take(Encoding.UTF8.GetBytes(name), TypeOf(metric), Encoding.UTF8.GetBytes(metric.Description), _unit);
        foreach (var point in metric.Points) Add(metric, point);
    }

    private static MetricType TypeOf(OtlpMetric metric) => metric.Kind switch
    {
        OtlpKind.Sum => metric.IsMonotonic ? MetricType.Counter : MetricType.Gauge,
        OtlpKind.Histogram or OtlpKind.ExponentialHistogram => MetricType.Histogram,
        OtlpKind.Summary => MetricType.Summary,
        _ => MetricType.Gauge,
    };

    private void Add(OtlpMetric metric, OtlpPoint point)
    {
        if (_labels.Fill(point.Attributes, labels) is { } error)
        {
            Problem ??= error;
            return;
        }
        if (typeAndUnit) TypeAndUnitLabels.Set(labels, TypeOf(metric), _unit);
        if (metric.Temporality == OtlpTemporality.Delta && metric.Kind != OtlpKind.Gauge && !TryAccumulate(metric, point)) return;
        switch (metric.Kind)
        {
            case OtlpKind.Gauge: AddSample(_name, point, point.Value); break;
            case OtlpKind.Sum:
                AddSample(_name, point, point.Value);
                AddExemplars(point.Exemplars);
                break;
            case OtlpKind.Histogram when config.ConvertHistogramsToNhcb: AddNative(OtlpHistograms.FromExplicit(point, out string? problem), problem, point); break;
            case OtlpKind.Histogram: AddClassic(point); break;
            case OtlpKind.ExponentialHistogram: AddNative(OtlpHistograms.FromExponential(point, out string? trouble), trouble, point); break;
            case OtlpKind.Summary: AddSummary(point); break;
            case OtlpKind.None: break;
        }
    }

    private bool TryAccumulate(OtlpMetric metric, OtlpPoint point)
    {
        labels.Set("__name__", _name);
        if (sink.Accumulate(labels, point, metric.Kind) is not { } problem) return true;
        Problem ??= problem;
        return false;
    }

    private void AddSample(string name, OtlpPoint point, double value)
    {
        labels.Set("__name__", name);
        sink.Add(labels, point.TimeMs, point.HasNoValue ? StaleMarker.Value : value, point.StartMs);
    }

    private void AddNative(NativeHistogram? histogram, string? problem, OtlpPoint point)
    {
        Problem ??= problem;
        if (histogram is null) return;
        labels.Set("__name__", _name);
        sink.Add(labels, point.TimeMs, histogram, point.StartMs);
        AddExemplars(point.Exemplars);
    }

    private void AddClassic(OtlpPoint point)
    {
        if (point.Sum is { } sum) AddSample(_name + "_sum", point, sum);
        AddSample(_name + "_count", point, point.Count);
        ulong below = 0;
        var exemplars = point.Exemplars.OrderBy(e => e.Value).ToList();
        int next = 0;
        for (int i = 0; i < point.Bounds.Count && i < point.BucketCounts.Count; i++)
        {
            below += point.BucketCounts[i];
            AddBucket(point, FloatText.FormatPlain(point.Bounds[i]), below);
            int first = next;
            while (next < exemplars.Count && exemplars[next].Value <= point.Bounds[i]) next++;
            AddExemplars(exemplars[first..next]);
        }
        AddBucket(point, "+Inf", point.Count);
        AddExemplars(exemplars[next..]);
        labels.Remove("le"u8);
    }

    private void AddBucket(OtlpPoint point, string bound, double count)
    {
        labels.Set("le", bound);
        AddSample(_name + "_bucket", point, count);
    }

    private void AddSummary(OtlpPoint point)
    {
        AddSample(_name + "_sum", point, point.Sum ?? 0);
        AddSample(_name + "_count", point, point.Count);
        foreach (var (quantile, value) in point.Quantiles)
        {
            labels.Set("quantile", FloatText.FormatPlain(quantile));
            AddSample(_name, point, value);
        }
        labels.Remove("quantile"u8);
    }

    private void AddExemplars(List<OtlpExemplar> exemplars)
    {
        foreach (var exemplar in exemplars) sink.Add(labels, OtlpExemplars.Of(exemplar));
    }

    private void AddTargetInfo(OtlpResource resource, long first, long last)
    {
        if (!_labels.TryFillTargetInfo(resource, labels)) return;
        metadata.Take("target_info"u8, MetricType.Gauge, "Target metadata"u8, default);
        first = Math.Max(first, last - (TargetInfoStepMs * MaxTargetInfos));
        for (long at = first; at < last; at += TargetInfoStepMs) sink.AddTargetInfo(labels, at);
        sink.AddTargetInfo(labels, last);
    }
}
