namespace Streamline.Pipeline.Exposition;

/// <summary>Takes metrics family by family.</summary>
internal interface IMetricSink
{
    /// <summary>Begins a family; its samples follow.</summary>
    void Family(string name, MetricType type, string help);

    /// <summary>One sample of the family. <paramref name="suffix"/> is _bucket, _sum, _count or empty; <paramref name="le"/> is a bucket's upper bound.</summary>
    void Sample(string suffix, ReadOnlySpan<KeyValuePair<string, object?>> labels, double value, double? le = null);
}
