using Streamline.Storage;

namespace Streamline.Query.Histograms;

/// <summary>Finds counter resets between neighbouring histograms. Keeps its scratch: one finder per thread.</summary>
internal sealed class HistogramResets
{
    private readonly WorkingHistogram _current = new();
    private readonly WorkingHistogram _before = new();

    /// <summary>
    /// Whether the counter began anew between two samples: any count fell, a populated bucket vanished, the resolution rose, or the zero bucket shrank. The
    /// sum does not count, it may fall with negative observations. Hints that say yes or no are believed.
    /// </summary>
    public bool IsReset(NativeHistogram before, NativeHistogram current)
    {
        if (current.ResetHint == CounterResetHint.Reset) return true;
        if (current.ResetHint == CounterResetHint.NotReset) return false;
        if (current.Count < before.Count) return true;
        if (current.HasCustomBuckets) return !before.HasCustomBuckets || CustomReset(before, current);
        if (current.Schema > before.Schema || current.ZeroThreshold < before.ZeroThreshold) return true;
        return SharesLayout(before, current) ? FlatReset(before, current) : LaidOutReset(before, current);
    }

    private static bool SharesLayout(NativeHistogram before, NativeHistogram current) =>
        before.Schema == current.Schema && before.ZeroThreshold == current.ZeroThreshold
        && SameSpans(before.PositiveSpanArray, current.PositiveSpanArray) && SameSpans(before.NegativeSpanArray, current.NegativeSpanArray);

    /// <summary>Histograms of one chunk share their spans: mostly this is a comparison of references.</summary>
    private static bool SameSpans(HistogramSpan[] a, HistogramSpan[] b) => ReferenceEquals(a, b) || a.AsSpan().SequenceEqual(b);

    private static bool FlatReset(NativeHistogram before, NativeHistogram current) =>
        current.ZeroCount < before.ZeroCount || AnyFell(before.PositiveBuckets, current.PositiveBuckets) || AnyFell(before.NegativeBuckets, current.NegativeBuckets);

    private static bool AnyFell(ReadOnlySpan<double> before, ReadOnlySpan<double> current)
    {
        for (int i = 0; i < before.Length; i++)
        {
            if (current[i] < before[i]) return true;
        }
        return false;
    }

    /// <summary>The earlier histogram is brought to the later one's layout, which can only have become coarser without a reset.</summary>
    private bool LaidOutReset(NativeHistogram before, NativeHistogram current)
    {
        _before.Load(before);
        _current.Load(current);
        if (_before.ZeroThreshold < _current.ZeroThreshold) _before.WidenZero(_current.ZeroThreshold, compensated: false);
        if (_before.ZeroThreshold != _current.ZeroThreshold || _current.ZeroCount < _before.ZeroCount) return true;
        _before.Reduce(_current.Schema);
        return AnyFell(_before.Positive, _current.Positive) || AnyFell(_before.Negative, _current.Negative);
    }

    private bool CustomReset(NativeHistogram before, NativeHistogram current)
    {
        bool sameBounds = before.CustomBounds.SequenceEqual(current.CustomBounds);
        if (sameBounds && SameSpans(before.PositiveSpanArray, current.PositiveSpanArray)) return AnyFell(before.PositiveBuckets, current.PositiveBuckets);
        _before.Load(before);
        _current.Load(current);
        if (!sameBounds)
        {
            double[] shared = WorkingHistogram.Intersection(before.CustomBounds, current.CustomBounds);
            _before.Rebound(shared, compensated: false);
            _current.Rebound(shared, compensated: false);
        }
        return AnyFell(_before.Positive, _current.Positive);
    }

    private static bool AnyFell(SparseBuckets before, SparseBuckets current)
    {
        int at = 0;
        for (int i = 0; i < before.Length; i++)
        {
            while (at < current.Length && current.Indexes[at] < before.Indexes[i]) at++;
            if (at == current.Length || current.Indexes[at] != before.Indexes[i] || current.Counts[at] < before.Counts[i]) return true;
        }
        return false;
    }
}
