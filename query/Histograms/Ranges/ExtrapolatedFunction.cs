using Streamline.Storage;

namespace Streamline.Query.Histograms.Ranges;

/// <summary>
/// <c>rate</c>, <c>increase</c>, <c>delta</c>: the difference of last and first sample, stretched to the window's edges (promql/functions.go, extrapolatedRate). If the
/// first sample began inside the window, it counts from its start, and nothing is stretched there.
/// </summary>
internal sealed class ExtrapolatedFunction(bool isCounter, bool isRate) : RangeFunction
{
    // A gap to the window's edge of more than 1.1 average intervals means that the series began or ended inside the window.
    private const double GapFactor = 1.1;

    private readonly WorkingHistogram _result = new();
    private readonly WorkingHistogram _other = new();

    public override MixedResult Compute(in MixedWindow window, RangeNotes notes)
    {
        if (window.IsMixed)
        {
            notes.Mixed();
            return MixedResult.None;
        }
        bool histograms = window.Histograms.Length > 0;
        ReadOnlySpan<long> times = histograms ? window.Times : window.FloatTimes, starts = histograms ? window.Starts : window.FloatStarts;
        bool hasResult = !histograms || (times.Length > 1 && Difference(window, notes));
        if (histograms && times.Length > 1 && !hasResult) return MixedResult.None;
        double value = histograms ? 0 : FloatDifference(window, notes);
        bool startsInside = isCounter && !starts.IsEmpty && starts[0] != 0 && starts[0] > window.StartMs && starts[0] < times[0];
        if (startsInside)
        {
            if (!histograms) value += window.Floats[0];
            else if (!hasResult) _result.Load(window.Histograms[0]);
            else if (!AddFirst(window.Histograms[0], notes)) return MixedResult.None;
        }
        else if (times.Length < 2) return MixedResult.None;
        double first = histograms ? window.Histograms[0].Count : window.Floats[0], grown = histograms ? _result.Count : value;
        double factor = Factor(window, times, startsInside ? starts[0] : null, first, grown);
        return histograms ? MixedResult.Of(_result.Multiply(factor).ToHistogram()) : MixedResult.Of(value * factor);
    }

    private double Factor(in MixedWindow window, ReadOnlySpan<long> times, long? startMs, double first, double grown)
    {
        double toStart = (times[0] - window.StartMs) / 1000.0, toEnd = (window.EndMs - times[^1]) / 1000.0;
        double sampled = (times[^1] - times[0]) / 1000.0, average = times.Length > 1 ? sampled / (times.Length - 1) : 0, threshold = average * GapFactor;
        if (startMs is not null)
        {
            toStart = 0;
            sampled = (times[^1] - startMs.Value) / 1000.0;
        }
        else
        {
            if (toStart >= threshold) toStart = average / 2;
            // A counter cannot have been below 0.
            if (isCounter && grown > 0 && first >= 0) toStart = Math.Min(toStart, sampled * (first / grown));
        }
        if (toEnd >= threshold) toEnd = average / 2;
        double factor = sampled != 0 ? (sampled + toStart + toEnd) / sampled : 1;
        return isRate ? factor / window.RangeSeconds : factor;
    }

    private double FloatDifference(in MixedWindow window, RangeNotes notes)
    {
        ReadOnlySpan<double> values = window.Floats;
        double difference = values[^1] - values[0];
        for (int i = 1; isCounter && i < values.Length; i++)
        {
            if (StartTimestamps.Overlaps(window.FloatStarts, window.FloatTimes, i)) notes.StartOverlap();
            if (values[i] < values[i - 1] || StartTimestamps.IsReset(window.FloatStarts, window.FloatTimes, i)) difference += values[i - 1];
        }
        return difference;
    }

    /// <summary>Leaves the difference in the result; false when the histograms do not fit each other.</summary>
    private bool Difference(in MixedWindow window, RangeNotes notes)
    {
        ReadOnlySpan<NativeHistogram> items = window.Histograms;
        NativeHistogram last = items[^1];
        // After a reset right behind it the first sample does not count, whatever its layout.
        bool firstIsVoid = isCounter && IsReset(window, 1);
        NativeHistogram layout = firstIsVoid ? items[1] : items[0];
        if (isCounter && (IsGauge(items[0]) || IsGauge(last))) notes.NotCounter();
        if (last.HasCustomBuckets != layout.HasCustomBuckets)
        {
            notes.MixedSchemas();
            return false;
        }
        if (!TryMiddle(items, layout, notes, out int schema)) return false;
        _result.Load(last).Reduce(schema);
        if (firstIsVoid) _other.LoadEmptyLike(layout);
        else _other.Load(items[0]);
        // Resets are dealt with here, so colliding hints say nothing.
        notes.Merged(_result.Subtract(_other) & MergeNotes.BoundsReconciled, HistogramNotes.Subtraction);
        if (isCounter && !AddResets(window, firstIsVoid, notes)) return false;
        if (!isCounter && !(IsGauge(items[0]) && IsGauge(last))) notes.NotGauge();
        _result.Hint = CounterResetHint.Gauge;
        return true;
    }

    /// <summary>Finds the coarsest schema; false when a counter changes between exponential and custom buckets.</summary>
    private bool TryMiddle(ReadOnlySpan<NativeHistogram> items, NativeHistogram layout, RangeNotes notes, out int schema)
    {
        schema = Math.Min(items[^1].Schema, layout.Schema);
        bool hasGauge = false;
        for (int i = 1; isCounter && i < items.Length - 1; i++)
        {
            hasGauge |= IsGauge(items[i]);
            schema = Math.Min(schema, items[i].Schema);
            if (items[i].HasCustomBuckets == layout.HasCustomBuckets) continue;
            notes.MixedSchemas();
            return false;
        }
        if (hasGauge) notes.NotCounter();
        return true;
    }

    private bool AddResets(in MixedWindow window, bool firstIsVoid, RangeNotes notes)
    {
        for (int i = 1; i < window.Histograms.Length; i++)
        {
            if (StartTimestamps.Overlaps(window.Starts, window.Times, i)) notes.StartOverlap();
            if ((i == 1 && firstIsVoid) || !IsReset(window, i)) continue;
            if (!AddFirst(window.Histograms[i - 1], notes)) return false;
        }
        return true;
    }

    private bool AddFirst(NativeHistogram histogram, RangeNotes notes)
    {
        MergeNotes merged = _result.Add(_other.Load(histogram));
        notes.Merged(merged & MergeNotes.BoundsReconciled, HistogramNotes.Addition);
        if ((merged & MergeNotes.Incompatible) == 0) return true;
        notes.MixedSchemas();
        return false;
    }

    private bool IsReset(in MixedWindow window, int index) =>
        StartTimestamps.IsReset(window.Starts, window.Times, index) || Resets.IsReset(window.Histograms[index - 1], window.Histograms[index]);

    private static bool IsGauge(NativeHistogram histogram) => histogram.ResetHint == CounterResetHint.Gauge;
}
