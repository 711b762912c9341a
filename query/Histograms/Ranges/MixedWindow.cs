using Streamline.Storage;

namespace Streamline.Query.Histograms.Ranges;

/// <summary>
/// The samples of one series that a range function looks at, of both kinds: for an extended range also those beyond its edges, within reach. The range is
/// left-open. Start timestamps stand beside the samples, or are empty.
/// </summary>
internal ref struct MixedWindow
{
    public ReadOnlySpan<long> FloatTimes;
    public ReadOnlySpan<double> Floats;
    public ReadOnlySpan<long> FloatStarts;
    public ReadOnlySpan<long> Times;
    public ReadOnlySpan<NativeHistogram> Histograms;
    public ReadOnlySpan<long> Starts;
    public long StartMs;
    public long EndMs;

    public readonly bool IsMixed => Floats.Length > 0 && Histograms.Length > 0;

    public readonly double RangeSeconds => (EndMs - StartMs) / 1000.0;
}

/// <summary>What a range function makes of a window: nothing, a number, or a histogram.</summary>
internal readonly record struct MixedResult(double? Value, NativeHistogram? Histogram)
{
    public static MixedResult None => default;

    public static MixedResult Of(double value) => new(value, null);

    public static MixedResult Of(NativeHistogram histogram) => new(null, histogram);
}
