using Streamline.Storage;

namespace Streamline.Query.Histograms.Ranges;

/// <summary><c>sum_over_time</c> and <c>avg_over_time</c>.</summary>
internal sealed class SumOverTime(bool isMean) : RangeFunction
{
    private readonly HistogramSum _sum = new(isMean);

    public override MixedResult Compute(in MixedWindow window, RangeNotes notes)
    {
        if (window.IsMixed)
        {
            notes.Mixed();
            return MixedResult.None;
        }
        _sum.Start(window.Histograms[0]);
        foreach (NativeHistogram histogram in window.Histograms[1..]) _sum.Add(histogram);
        if ((_sum.Notes & MergeNotes.Incompatible) != 0)
        {
            notes.MixedSchemas();
            return MixedResult.None;
        }
        notes.Merged(_sum.Notes, HistogramNotes.Aggregation);
        return MixedResult.Of(_sum.Result());
    }
}

/// <summary><c>count_over_time</c> and <c>present_over_time</c>.</summary>
internal sealed class CountOverTime(bool presenceOnly) : RangeFunction
{
    public override MixedResult Compute(in MixedWindow window, RangeNotes notes) =>
        MixedResult.Of(presenceOnly ? 1 : window.Floats.Length + window.Histograms.Length);
}

/// <summary><c>first_over_time</c> and its timestamp.</summary>
internal sealed class FirstOverTime(bool itsTime) : RangeFunction
{
    public override MixedResult Compute(in MixedWindow window, RangeNotes notes)
    {
        bool isFloat = window.Histograms.Length == 0 || (window.Floats.Length > 0 && window.FloatTimes[0] < window.Times[0]);
        if (itsTime) return MixedResult.Of((isFloat ? window.FloatTimes[0] : window.Times[0]) / 1000.0);
        return isFloat ? MixedResult.Of(window.Floats[0]) : MixedResult.Of(window.Histograms[0]);
    }
}

/// <summary><c>last_over_time</c> and its timestamp.</summary>
internal sealed class LastOverTime(bool itsTime) : RangeFunction
{
    public override MixedResult Compute(in MixedWindow window, RangeNotes notes)
    {
        bool isFloat = window.Histograms.Length == 0 || (window.Floats.Length > 0 && window.FloatTimes[^1] > window.Times[^1]);
        if (itsTime) return MixedResult.Of((isFloat ? window.FloatTimes[^1] : window.Times[^1]) / 1000.0);
        return isFloat ? MixedResult.Of(window.Floats[^1]) : MixedResult.Of(window.Histograms[^1]);
    }
}
