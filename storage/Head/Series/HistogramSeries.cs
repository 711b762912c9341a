using Streamline.Storage.Histograms;

namespace Streamline.Storage.Head;

/// <summary>
/// What the head remembers of a series whose newest sample is a native histogram; the chunk itself lies in native memory as every other. Series of floats have
/// none of this. Guarded by the commit lock.
/// </summary>
internal sealed class HistogramSeries(NativeHistogram first)
{
    /// <summary>State of the open chunk, or of the one before it.</summary>
    public HistogramEncoder Encoder { get; set; } = new(first.IsInteger);

    /// <summary>The newest sample, as it came.</summary>
    public NativeHistogram Last { get; set; } = first;

    /// <summary>A sample at or after this time starts the next chunk.</summary>
    public long NextCut { get; set; }

    /// <summary><see cref="NextCut"/> follows from the chunk's growth, no more from the head's range alone.</summary>
    public bool IsEndPredicted { get; set; }

    /// <summary>The marker of the series' end, of its kind.</summary>
    public NativeHistogram Stale => Encoder.IsInteger ? NativeHistogram.Stale : HistogramReader.StaleFloat;
}
