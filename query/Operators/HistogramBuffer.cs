using Streamline.Query.Engine;
using Streamline.Query.Histograms;
using Streamline.Storage;

namespace Streamline.Query.Operators;

/// <summary>The histograms of one series with their times. Each is charged with its weight.</summary>
internal sealed class HistogramBuffer(QueryAccount account) : IDisposable
{
    private const int FirstCapacity = 64;

    private long[] _times = [];
    private NativeHistogram[] _histograms = [];
    private long[] _starts = [];
    private bool _hasStarts;
    private long _weight;

    /// <summary>Histograms held.</summary>
    public int Count { get; private set; }

    /// <summary>Times, rising.</summary>
    public ReadOnlySpan<long> Times => _times.AsSpan(0, Count);

    /// <summary>Histograms, none of them stale.</summary>
    public ReadOnlySpan<NativeHistogram> Items => _histograms.AsSpan(0, Count);

    /// <summary>Start timestamps (ms, 0 unknown); empty if none is known.</summary>
    public ReadOnlySpan<long> Starts => _hasStarts ? _starts.AsSpan(0, Count) : [];

    /// <summary>Forgets the histograms, keeps the memory.</summary>
    public void Clear()
    {
        _histograms.AsSpan(0, Count).Clear();
        Count = 0;
        _hasStarts = false;
        account.Charge(-_weight);
        _weight = 0;
    }

    /// <summary>Adds one histogram.</summary>
    public void Add(long timeMs, NativeHistogram histogram, long startMs = 0)
    {
        int weight = HistogramWeight.Of(histogram);
        account.Charge(weight);
        _weight += weight;
        if (Count == _times.Length) Grow();
        _times[Count] = timeMs;
        _starts[Count] = startMs;
        _hasStarts |= startMs != 0;
        _histograms[Count++] = histogram;
    }

    /// <summary>Reads a run of histograms, leaving out stale markers.</summary>
    public void Read(SampleCursor cursor, bool wantsStarts)
    {
        var times = new long[FirstCapacity];
        var histograms = new NativeHistogram[FirstCapacity];
        int read;
        while ((read = cursor.NextHistograms(times, histograms)) > 0)
        {
            ReadOnlySpan<long> starts = wantsStarts ? cursor.StartTimestamps : [];
            for (int i = 0; i < read; i++)
            {
                if (!histograms[i].IsStale) Add(times[i], histograms[i], starts.IsEmpty ? 0 : starts[i]);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Clear();
        (_times, _histograms, _starts) = ([], [], []);
    }

    private void Grow()
    {
        int capacity = Math.Max(FirstCapacity, _times.Length * 2);
        Array.Resize(ref _times, capacity);
        Array.Resize(ref _histograms, capacity);
        Array.Resize(ref _starts, capacity);
    }
}
