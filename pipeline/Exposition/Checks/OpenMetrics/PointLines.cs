namespace Streamline.Pipeline.Exposition;

/// <summary>What the samples of one point have told so far; what they must tell together is checked at its end.</summary>
internal sealed class PointLines(Place first)
{
    private bool _hasNegativeBound;
    private int _buckets;
    private double _lastBound;
    private double _lastCount;
    private double? _infinite;
    private double _sum;
    private Place? _sumAt;
    private double _count;
    private Place? _countAt;

    public bool HasTotal { get; set; }

    public void TakeSum(double value, Place at) => (_sum, _sumAt) = (value, at);

    public void TakeCount(double value, Place at) => (_count, _countAt) = (value, at);

    public void TakeBucket(double bound, SampleLine sample, Findings findings)
    {
        if (_buckets > 0 && bound <= _lastBound) findings.Error(sample.At, "buckets are not in the order of their bounds: write them with le rising");
        else if (_buckets > 0 && sample.Value < _lastCount) findings.Error(sample.ValueAt, "the bucket has less than the one before: buckets are cumulative, each counts all that is at or below its bound");
        if (sample.ExemplarValue > bound) findings.Error(sample.ExemplarAt, "the exemplar's value is above the bound of its bucket: put it into the bucket that it falls in");
        _buckets++;
        (_lastBound, _lastCount) = (bound, sample.Value);
        _hasNegativeBound |= bound < 0;
        if (double.IsPositiveInfinity(bound)) _infinite = sample.Value;
    }

    public void End(Family family, Findings findings)
    {
        if (family.IsSpoilt) return;
        if (family.Type == MetricType.Counter && !HasTotal) findings.Error(first, $"the counter has no {family.Name}_total: write it");
        if (family.Type is MetricType.Histogram or MetricType.GaugeHistogram) EndHistogram(family, findings);
    }

    private void EndHistogram(Family family, Findings findings)
    {
        bool isGauge = family.Type == MetricType.GaugeHistogram;
        string sum = family.Name + (isGauge ? "_gsum" : "_sum"), count = family.Name + (isGauge ? "_gcount" : "_count");
        if (_buckets == 0) findings.Error(first, $"the {family.Type.Name()} has no buckets: write {family.Name}_bucket, at least the one with le=\"+Inf\"");
        else if (_infinite is null) findings.Error(first, "the bucket with le=\"+Inf\" is missing: write it as the last one");
        if (_sumAt is not null && _countAt is null) findings.Error(_sumAt.Value, $"{sum} stands without {count}: write both or none");
        if (_sumAt is null && _countAt is not null) findings.Error(_countAt.Value, $"{count} stands without {sum}: write both or none");
        if (_countAt is not null && _infinite is not null && _count != _infinite) findings.Error(_countAt.Value, $"{count} differs from the bucket with le=\"+Inf\": both count everything");
        if (_sumAt is null) return;
        if (!isGauge && _hasNegativeBound) findings.Error(_sumAt.Value, $"{sum} beside buckets with negative bounds is no counter: leave it and {count} out");
        if (isGauge && !_hasNegativeBound && _sum < 0) findings.Error(_sumAt.Value, $"{sum} is negative, and no bucket has a negative bound: one of them is wrong");
    }
}
