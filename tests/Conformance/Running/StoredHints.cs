using Streamline.Query.Histograms;
using Streamline.Storage;

namespace Streamline.Conformance.Running;

/// <summary>
/// The hints with which a series of histograms comes back from Prometheus's storage: it looks for resets while it fills chunks, and what it gives is
/// "not reset" inside a chunk, "unknown" at the beginning of one, and "gauge" in chunks of gauges.
/// </summary>
internal sealed class StoredHints
{
    private readonly HistogramResets _resets = new();
    private NativeHistogram? _last;

    /// <summary>A float sample ends the chunk.</summary>
    public void EndChunk() => _last = null;

    /// <summary>The next histogram of the series, as it is read later.</summary>
    public NativeHistogram Next(NativeHistogram histogram)
    {
        if (histogram.ResetHint == CounterResetHint.Gauge)
        {
            _last = histogram;
            return histogram;
        }
        bool continues = _last is not null && _last.ResetHint != CounterResetHint.Gauge && histogram.ResetHint != CounterResetHint.Reset
            && histogram.Schema == _last.Schema && histogram.ZeroThreshold == _last.ZeroThreshold && histogram.CustomBounds.SequenceEqual(_last.CustomBounds)
            && !_resets.IsReset(_last, histogram.WithHint(CounterResetHint.Unknown));
        return _last = histogram.WithHint(continues ? CounterResetHint.NotReset : CounterResetHint.Unknown);
    }
}
