using Streamline.Storage;

namespace Streamline.Query.Histograms;

/// <summary>What lies between two histograms, on a straight line. A counter that was reset between them began again at 0.</summary>
internal sealed class HistogramInterpolation
{
    private readonly HistogramResets _resets = new();
    private readonly WorkingHistogram _result = new();
    private readonly WorkingHistogram _other = new();

    /// <summary>The histogram at a time between; null when exponential and custom buckets meet.</summary>
    public NativeHistogram? At(
        NativeHistogram first, long firstMs, NativeHistogram second, long secondMs, long timeMs, bool isCounter, out MergeNotes notes, out string operation)
    {
        (notes, operation) = (MergeNotes.None, HistogramNotes.Subtraction);
        if (timeMs == firstMs) return first;
        if (timeMs == secondMs) return second;
        double fraction = (timeMs - firstMs) / (double)(secondMs - firstMs);
        _result.Load(second);
        if (isCounter && _resets.IsReset(first, second)) return _result.Multiply(fraction).ToHistogram();
        notes = _result.Subtract(_other.Load(first));
        if ((notes & MergeNotes.Incompatible) != 0) return null;
        _result.Multiply(fraction);
        notes |= _result.Add(_other.Load(first));
        return (notes & MergeNotes.Incompatible) != 0 ? null : _result.ToHistogram();
    }
}
