using Streamline.Storage;

namespace Streamline.Query.Histograms.Ranges;

/// <summary><c>resets</c> and <c>changes</c>: counts from sample to sample in order of time; from one kind to the other is both a reset and a change.</summary>
internal sealed class TransitionFunction(bool countsResets, bool isAnchored) : RangeFunction
{
    private readonly record struct Sample(long TimeMs, double Value, NativeHistogram? Histogram, long StartMs);

    public override MixedResult Compute(in MixedWindow window, RangeNotes notes)
    {
        int floats = 0, histograms = 0;
        if (isAnchored && !TrySkipToAnchor(window, out floats, out histograms)) return MixedResult.None;
        Sample before = Take(window, ref floats, ref histograms);
        int count = 0;
        while (floats < window.Floats.Length || histograms < window.Histograms.Length)
        {
            Sample next = Take(window, ref floats, ref histograms);
            if (Counts(before, next)) count++;
            before = next;
        }
        return MixedResult.Of(count);
    }

    private bool Counts(Sample before, Sample next)
    {
        if (before.Histogram is null != next.Histogram is null) return true;
        if (countsResets && StartTimestamps.IsReset(before.StartMs, before.TimeMs, next.StartMs, next.TimeMs)) return true;
        if (before.Histogram is null || next.Histogram is null)
            return countsResets ? next.Value < before.Value : before.Value != next.Value && !(double.IsNaN(before.Value) && double.IsNaN(next.Value));
        return countsResets ? Resets.IsReset(before.Histogram, next.Histogram) : !HistogramEquality.Equal(before.Histogram, next.Histogram);
    }

    private static Sample Take(in MixedWindow window, ref int floats, ref int histograms)
    {
        bool isFloat = histograms == window.Histograms.Length || (floats < window.Floats.Length && window.FloatTimes[floats] < window.Times[histograms]);
        int at = isFloat ? floats++ : histograms++;
        return isFloat
            ? new Sample(window.FloatTimes[at], window.Floats[at], null, at < window.FloatStarts.Length ? window.FloatStarts[at] : 0)
            : new Sample(window.Times[at], 0, window.Histograms[at], at < window.Starts.Length ? window.Starts[at] : 0);
    }

    /// <summary>The latest sample at or before the range's start, of whatever kind, is the first one; false without any sample inside the range.</summary>
    private static bool TrySkipToAnchor(in MixedWindow window, out int floats, out int histograms)
    {
        int lastFloat = Before(window.FloatTimes, window.StartMs), lastHistogram = Before(window.Times, window.StartMs);
        (floats, histograms) = (lastFloat + 1, lastHistogram + 1);
        if (floats == window.Floats.Length && histograms == window.Histograms.Length) return false;
        if (lastFloat < 0 && lastHistogram < 0) return true;
        if (lastHistogram < 0 || (lastFloat >= 0 && window.FloatTimes[lastFloat] >= window.Times[lastHistogram])) floats--;
        else histograms--;
        return true;
    }

    private static int Before(ReadOnlySpan<long> times, long startMs)
    {
        int at = -1;
        while (at + 1 < times.Length && times[at + 1] <= startMs) at++;
        return at;
    }
}
