using Streamline.Storage;

namespace Streamline.Query.Operators;

/// <summary>A sample of either kind.</summary>
internal readonly record struct MixedSample(long TimeMs, double Value, NativeHistogram? Histogram, long StartMs)
{
    /// <summary>Whether it marks the end of the series.</summary>
    public bool IsStale => Histogram is null ? StaleMarker.Is(Value) : Histogram.IsStale;
}

/// <summary>Reads a series sample by sample, whatever their kinds.</summary>
internal sealed class MixedReader
{
    private const int BufferSamples = 64;

    private readonly long[] _times = new long[BufferSamples];
    private readonly double[] _values = new double[BufferSamples];
    private readonly NativeHistogram[] _histograms = new NativeHistogram[BufferSamples];
    private readonly long[] _starts = new long[BufferSamples];
    private SampleCursor? _cursor;
    private bool _wantsStarts;
    private bool _areHistograms;
    private int _count;
    private int _next;

    /// <summary>The sample read last.</summary>
    public MixedSample Current { get; private set; }

    /// <summary>Takes a series.</summary>
    public void Begin(SampleCursor cursor, bool wantsStarts) => (_cursor, _wantsStarts, _count, _next) = (cursor, wantsStarts, 0, 0);

    /// <summary>Reads the next sample; false at the end.</summary>
    public bool MoveNext()
    {
        if (_next == _count && !Refill()) return false;
        Current = _areHistograms
            ? new MixedSample(_times[_next], 0, _histograms[_next], _starts[_next])
            : new MixedSample(_times[_next], _values[_next], null, _starts[_next]);
        _next++;
        return true;
    }

    private bool Refill()
    {
        _next = 0;
        _count = _cursor!.Next(_times, _values);
        _areHistograms = _count == 0 && _cursor.AtHistogram;
        if (_areHistograms) _count = _cursor.NextHistograms(_times, _histograms);
        ReadOnlySpan<long> starts = _wantsStarts ? _cursor.StartTimestamps : [];
        if (starts.IsEmpty) _starts.AsSpan().Clear();
        else starts[.._count].CopyTo(_starts);
        return _count > 0;
    }
}
