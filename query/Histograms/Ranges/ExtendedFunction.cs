using Streamline.Storage;

namespace Streamline.Query.Histograms.Ranges;

/// <summary>
/// <c>rate</c>, <c>increase</c>, <c>delta</c> of <c>anchored</c> and <c>smoothed</c> ranges: from the last sample at or before the start, or what lies there between its neighbours,
/// to the same at the end; nothing is stretched (promql/functions.go, extendedHistogramRate).
/// </summary>
internal sealed class ExtendedFunction(bool isCounter, bool isRate, bool isSmoothed) : RangeFunction
{
    private readonly HistogramInterpolation _interpolation = new();
    private readonly WorkingHistogram _result = new();
    private readonly WorkingHistogram _other = new();

    public override MixedResult Compute(in MixedWindow window, RangeNotes notes)
    {
        if (window.IsMixed)
        {
            notes.Mixed();
            return MixedResult.None;
        }
        ReadOnlySpan<long> times = window.Times;
        int first = 0, last = times.Length - 1;
        while (first + 1 <= last && times[first + 1] <= window.StartMs) first++;
        if (isSmoothed)
        {
            last = 0;
            while (last < times.Length - 1 && times[last] < window.EndMs) last++;
        }
        if (times[last] <= window.StartMs || (isSmoothed && times[first] > window.EndMs)) return MixedResult.None;
        if (!Fits(window.Histograms[first..(last + 1)], notes)) return MixedResult.None;
        NativeHistogram? left = At(window, first, first + 1, isSmoothed && times[first] < window.StartMs, window.StartMs, window.Histograms[first], notes);
        NativeHistogram? right = At(window, last - 1, last, isSmoothed && last > 0 && times[last] > window.EndMs, window.EndMs, window.Histograms[last], notes);
        return left is null || right is null ? MixedResult.None : Difference(window, first, last, left, right, notes);
    }

    private bool Fits(ReadOnlySpan<NativeHistogram> items, RangeNotes notes)
    {
        foreach (NativeHistogram item in items)
        {
            if (item.HasCustomBuckets != items[0].HasCustomBuckets)
            {
                notes.MixedSchemas();
                return false;
            }
            if (isCounter && item.ResetHint == CounterResetHint.Gauge) notes.NotCounter();
        }
        return true;
    }

    private NativeHistogram? At(in MixedWindow window, int earlier, int later, bool between, long timeMs, NativeHistogram sample, RangeNotes notes)
    {
        if (!between) return sample;
        NativeHistogram? result = _interpolation.At(
            window.Histograms[earlier], window.Times[earlier], window.Histograms[later], window.Times[later], timeMs, isCounter, out MergeNotes merged, out string operation);
        if (result is null) notes.MixedSchemas();
        else notes.Merged(merged & MergeNotes.BoundsReconciled, operation);
        return result;
    }

    private MixedResult Difference(in MixedWindow window, int first, int last, NativeHistogram left, NativeHistogram right, RangeNotes notes)
    {
        if (!isCounter && (left.ResetHint != CounterResetHint.Gauge || right.ResetHint != CounterResetHint.Gauge)) notes.NotGauge();
        MergeNotes merged = _result.Load(right).Subtract(_other.Load(left));
        notes.Merged(merged & MergeNotes.BoundsReconciled, HistogramNotes.Subtraction);
        if ((merged & MergeNotes.Incompatible) != 0 || (isCounter && !AddResets(window, first, last, left, right, notes)))
        {
            notes.MixedSchemas();
            return MixedResult.None;
        }
        if (isRate) _result.Divide(window.RangeSeconds);
        _result.Hint = CounterResetHint.Gauge;
        return MixedResult.Of(_result.ToHistogram());
    }

    /// <summary>Adds what was lost at resets between both ends; those that interpolation went over are counted already.</summary>
    private bool AddResets(in MixedWindow window, int first, int last, NativeHistogram left, NativeHistogram right, RangeNotes notes)
    {
        int next = first + 1;
        NativeHistogram before = left;
        if (isSmoothed && window.Times[first] < window.StartMs && Resets.IsReset(window.Histograms[first], window.Histograms[first + 1]))
        {
            before = window.Histograms[first + 1];
            next++;
        }
        if (next > last) return true;
        bool fits = true;
        for (; next < last; next++)
        {
            if (Resets.IsReset(before, window.Histograms[next])) fits &= AddLost(before, notes);
            before = window.Histograms[next];
        }
        if (Resets.IsReset(before, right)) fits &= AddLost(before, notes);
        return fits;
    }

    private bool AddLost(NativeHistogram lost, RangeNotes notes)
    {
        MergeNotes merged = _result.Add(_other.Load(lost));
        notes.Merged(merged & MergeNotes.BoundsReconciled, HistogramNotes.Addition);
        return (merged & MergeNotes.Incompatible) == 0;
    }
}
