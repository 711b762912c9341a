using Streamline.Storage;

namespace Streamline.Pipeline.Rules;

/// <summary>
/// The series that a rule has written and not ended: gives the stale markers of those that a later one lacks (R8).
/// Rule thread only.
/// </summary>
internal sealed class OutputSet
{
    private readonly Dictionary<Labels, Series> _series = [];
    private int _evaluation;

    public int Count => _series.Count;

    /// <summary>Starts an evaluation at a slot: series not emitted until <see cref="EndMissing"/> are ended by it.</summary>
    public void Begin() => _evaluation++;

    /// <summary>Adds a sample of the evaluation begun last, or between slots.</summary>
    public void Emit(Labels labels, long timestampMs, double value, RuleBatch batch) => batch.Add(Emitted(labels), timestampMs, value);

    /// <summary>Adds a histogram of the evaluation begun last.</summary>
    public void Emit(Labels labels, long timestampMs, NativeHistogram histogram, RuleBatch batch) => batch.Add(Emitted(labels), timestampMs, histogram);

    private Series Emitted(Labels labels)
    {
        if (!_series.TryGetValue(labels, out Series? series)) _series[labels] = series = new Series(labels);
        series.Evaluation = _evaluation;
        return series;
    }

    /// <summary>Ends one series now, if it was written.</summary>
    public void End(Labels labels, long timestampMs, RuleBatch batch)
    {
        if (_series.Remove(labels, out Series? series)) batch.Add(series, timestampMs, StaleMarker.Value);
    }

    /// <summary>Ends the series that the evaluation did not emit.</summary>
    public void EndMissing(long timestampMs, RuleBatch batch)
    {
        foreach (var (labels, series) in _series)
        {
            if (series.Evaluation == _evaluation) continue;
            batch.Add(series, timestampMs, StaleMarker.Value);
            _series.Remove(labels);
        }
    }

    /// <summary>Ends all of them.</summary>
    public void EndAll(long timestampMs, RuleBatch batch)
    {
        foreach (Series series in _series.Values) batch.Add(series, timestampMs, StaleMarker.Value);
        _series.Clear();
    }

    /// <summary>A written series and its handle in the head.</summary>
    internal sealed class Series(Labels labels)
    {
        public Labels Labels { get; } = labels;

        public SeriesHandle Handle { get; set; }

        public int Evaluation { get; set; }
    }
}
