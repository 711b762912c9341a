using Streamline.Storage;

namespace Streamline.Query.Histograms;

/// <summary>
/// Leaves the buckets of histograms out where only count and sum are asked for, and says of each one whether it is a reset: what follows could not find out
/// any more. So Prometheus warns of colliding resets here, and only here (promql/histogram_stats_iterator.go).
/// </summary>
internal sealed class StatisticsCursor : SampleCursor
{
    private readonly HistogramResets _resets = new();
    private NativeHistogram? _last;

    /// <summary>The cursor that is read.</summary>
    public SampleCursor Inner { get; private set; } = null!;

    public override bool AtHistogram => Inner.AtHistogram;

    public override ReadOnlySpan<long> StartTimestamps => Inner.StartTimestamps;

    /// <summary>Takes the next series.</summary>
    public StatisticsCursor Begin(SampleCursor inner)
    {
        (Inner, _last) = (inner, null);
        return this;
    }

    public override int Next(Span<long> timestamps, Span<double> values) => Inner.Next(timestamps, values);

    public override int NextHistograms(Span<long> timestamps, Span<NativeHistogram> histograms)
    {
        int read = Inner.NextHistograms(timestamps, histograms);
        for (int i = 0; i < read; i++) histograms[i] = Strip(histograms[i]);
        return read;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        Inner?.Dispose();
        base.Dispose();
    }

    private NativeHistogram Strip(NativeHistogram histogram)
    {
        CounterResetHint hint = histogram.ResetHint;
        if (!histogram.IsStale)
        {
            if (hint == CounterResetHint.Unknown && _last is not null)
                hint = _resets.IsReset(_last, histogram) ? CounterResetHint.Reset : CounterResetHint.NotReset;
            _last = histogram;
        }
        return new NativeHistogram { Schema = histogram.Schema, Count = histogram.Count, Sum = histogram.Sum, ResetHint = hint };
    }
}
