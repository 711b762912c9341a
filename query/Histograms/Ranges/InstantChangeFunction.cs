using Streamline.Storage;

namespace Streamline.Query.Histograms.Ranges;

/// <summary><c>irate</c> and <c>idelta</c>: the last two samples, whatever their kinds.</summary>
internal sealed class InstantChangeFunction(bool isRate) : RangeFunction
{
    private readonly WorkingHistogram _result = new();
    private readonly WorkingHistogram _other = new();

    private readonly record struct Last(long TimeMs, double Value, NativeHistogram? Histogram, long StartMs);

    public override MixedResult Compute(in MixedWindow window, RangeNotes notes)
    {
        if (window.Floats.Length + window.Histograms.Length < 2) return MixedResult.None;
        int floats = window.Floats.Length, histograms = window.Histograms.Length;
        Last last = TakeLast(window, ref floats, ref histograms), before = TakeLast(window, ref floats, ref histograms);
        long intervalMs = last.TimeMs - before.TimeMs;
        if (intervalMs == 0) return MixedResult.None;
        bool startReset = StartTimestamps.IsReset(before.StartMs, before.TimeMs, last.StartMs, last.TimeMs);
        double seconds = intervalMs / 1000.0;
        if (last.Histogram is null && before.Histogram is null)
        {
            double change = isRate && (last.Value < before.Value || startReset) ? last.Value : last.Value - before.Value;
            return MixedResult.Of(isRate ? change / seconds : change);
        }
        if (last.Histogram is null || before.Histogram is null)
        {
            notes.Mixed();
            return MixedResult.None;
        }
        return Change(before.Histogram, last.Histogram, startReset, seconds, notes);
    }

    private MixedResult Change(NativeHistogram before, NativeHistogram last, bool startReset, double seconds, RangeNotes notes)
    {
        int gauges = (last.ResetHint == CounterResetHint.Gauge ? 1 : 0) + (before.ResetHint == CounterResetHint.Gauge ? 1 : 0);
        if (isRate && gauges > 0) notes.NotCounter();
        if (!isRate && gauges < 2) notes.NotGauge();
        _result.Load(last);
        if (!isRate || (!startReset && !Resets.IsReset(before, last)))
        {
            MergeNotes merged = _result.Subtract(_other.Load(before));
            if ((merged & MergeNotes.Incompatible) != 0)
            {
                notes.MixedSchemas();
                return MixedResult.None;
            }
            notes.Merged(merged & MergeNotes.BoundsReconciled, HistogramNotes.Subtraction);
        }
        _result.Hint = CounterResetHint.Gauge;
        if (isRate) _result.Divide(seconds);
        return MixedResult.Of(_result.ToHistogram());
    }

    /// <summary>Takes the latest of what is left of both kinds.</summary>
    private static Last TakeLast(in MixedWindow window, ref int floats, ref int histograms)
    {
        bool isFloat = histograms == 0 || (floats > 0 && window.FloatTimes[floats - 1] > window.Times[histograms - 1]);
        int at = isFloat ? --floats : --histograms;
        if (isFloat) return new Last(window.FloatTimes[at], window.Floats[at], null, at < window.FloatStarts.Length ? window.FloatStarts[at] : 0);
        return new Last(window.Times[at], 0, window.Histograms[at], at < window.Starts.Length ? window.Starts[at] : 0);
    }
}
