namespace Streamline.Pipeline.Exposition;

/// <summary>What OpenMetrics asks of the samples of a family: their labels, order, times, and what they say together.</summary>
internal static class MetricRules
{
    public static void Add(Family family, string suffix, SampleLine sample, Findings findings)
    {
        if (sample.ExemplarValue is not null && !TakesExemplar(family, suffix)) findings.Error(sample.ExemplarAt, "an exemplar may stand at the _total of a counter and at buckets only: remove it");
        if (family.AnyType) return;
        ValueRules.Check(family.Type, suffix, sample, findings);
        if (!SampleParts.TryTake(family, suffix, sample, findings, out var part)) return;
        var metric = MetricOf(family, sample, findings);
        var point = PointOf(family, metric, part.Key, sample, findings);
        if (metric.Series.Add(part.Key)) family.Series++;
        switch (suffix)
        {
            case "_total": point.HasTotal = true; break;
            case "_bucket": point.TakeBucket(part.Number, sample, findings); break;
            case "_sum" or "_gsum": point.TakeSum(sample.Value, sample.ValueAt); break;
            case "_count" or "_gcount": point.TakeCount(sample.Value, sample.ValueAt); break;
        }
    }

    /// <summary>No more of the metric comes.</summary>
    public static void EndMetric(Family family, Findings findings)
    {
        family.Current?.Point?.End(family, findings);
        family.Current = null;
    }

    private static bool TakesExemplar(Family family, string suffix) => family.AnyType || (family.Type, suffix) is
        (MetricType.Counter, "_total") or (MetricType.Histogram or MetricType.GaugeHistogram, "_bucket");

    private static MetricLines MetricOf(Family family, SampleLine sample, Findings findings)
    {
        var labels = sample.Labels.Build();
        if (family.Current is { } current && current.Labels == labels) return current;
        EndMetric(family, findings);
        if (!family.Metrics.TryAdd(labels, sample.At))
        {
            findings.Error(sample.At, $"the metric began in line {family.Metrics[labels].Line}, and others stand between: keep its samples together, each told once");
            // Its parts are scattered: none of them can be missed.
            family.IsSpoilt = true;
        }
        return family.Current = new MetricLines(labels);
    }

    private static PointLines PointOf(Family family, MetricLines metric, string part, SampleLine sample, Findings findings)
    {
        if (sample.Timestamp is not null) findings.Note(sample.TimestampAt, "the specification would rather have samples without timestamps");
        bool repeated = !metric.Samples.Add(part), first = metric.Point is null;
        bool sameTime = sample.Timestamp == metric.Timestamp;
        if (!first && OrderFault(metric, repeated, sample.Timestamp) is { } fault)
        {
            findings.Error(sample.Timestamp is null ? sample.At : sample.TimestampAt, fault);
            // Its points are mixed: none of their samples can be missed.
            family.IsSpoilt = true;
        }
        else if (repeated && sameTime) findings.Warning(sample.TimestampAt, "the series has a second sample at this time: one of them will be dropped");
        if (metric.Point is not null && sameTime && !repeated) return metric.Point;
        metric.Point?.End(family, findings);
        metric.Samples.Clear();
        metric.Samples.Add(part);
        metric.Timestamp = sample.Timestamp;
        return metric.Point = new PointLines(sample.At);
    }

    private static string? OrderFault(MetricLines metric, bool repeated, double? timestamp)
    {
        if (timestamp is null != metric.Timestamp is null) return "some samples of the metric have timestamps and others none: give them to all or to none";
        if (timestamp < metric.Timestamp) return "the timestamp is before that of the metric's last point: write points in the order of time, each with all its samples";
        return repeated && timestamp is null ? "the series is told twice: keep one sample" : null;
    }
}
