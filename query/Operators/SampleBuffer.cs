using System.Runtime.InteropServices;
using Streamline.Query.Engine;
using Streamline.Storage;

namespace Streamline.Query.Operators;

/// <summary>
/// The decoded samples of one series: time and value columns that grow and are used again for the next series, native histograms apart from the floats.
/// Charged to the query.
/// </summary>
internal sealed class SampleBuffer(QueryAccount account) : IDisposable
{
    private const int FirstCapacity = 128;

    private long[] _times = [];
    private double[] _values = [];
    private long[] _starts = [];
    private bool _hasStarts;

    /// <summary>The histograms of a series that has any.</summary>
    public HistogramBuffer Histograms { get; } = new(account);

    /// <summary>Whether start timestamps are read.</summary>
    public bool WantsStarts { get; init; }

    /// <summary>Start timestamps (ms, 0 unknown) of the floats; empty if none is known.</summary>
    public ReadOnlySpan<long> Starts => _hasStarts ? _starts.AsSpan(0, Count) : [];

    /// <summary>Float samples held.</summary>
    public int Count { get; private set; }

    /// <summary>Times, rising.</summary>
    public ReadOnlySpan<long> Times => _times.AsSpan(0, Count);

    /// <summary>Values; no stale markers after <see cref="Read"/>.</summary>
    public ReadOnlySpan<double> Values => _values.AsSpan(0, Count);

    /// <summary>Forgets the samples, keeps the memory.</summary>
    public void Clear()
    {
        Count = 0;
        _hasStarts = false;
        if (Histograms.Count > 0) Histograms.Clear();
    }

    /// <summary>Adds one sample.</summary>
    public void Add(long timeMs, double value)
    {
        if (Count == _times.Length) Grow();
        _times[Count] = timeMs;
        _values[Count++] = value;
    }

    /// <summary>Reads a cursor to its end, leaving out stale markers, which end no window: range functions skip them.</summary>
    public void Read(SampleCursor cursor)
    {
        Clear();
        while (true)
        {
            if (Count == _times.Length) Grow();
            int read = cursor.Next(_times.AsSpan(Count), _values.AsSpan(Count));
            if (read == 0)
            {
                // A series may change between floats and histograms.
                if (!cursor.AtHistogram) return;
                Histograms.Read(cursor, WantsStarts);
                continue;
            }
            if (WantsStarts) TakeStarts(cursor.StartTimestamps, read);
            Count += KeepLive(Count, read);
        }
    }

    /// <summary>Reads a cursor to its end with the stale markers; true when there is one.</summary>
    public bool ReadAll(SampleCursor cursor)
    {
        Clear();
        while (true)
        {
            if (Count == _times.Length) Grow();
            int read = cursor.Next(_times.AsSpan(Count), _values.AsSpan(Count));
            if (read == 0) return FirstStale(Values) >= 0;
            Count += read;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        account.Charge(-_times.Length);
        account.ChargeBytes(-(long)_starts.Length * sizeof(long));
        (_times, _values, _starts, Count) = ([], [], [], 0);
        Histograms.Dispose();
    }

    private void TakeStarts(ReadOnlySpan<long> starts, int read)
    {
        if (starts.IsEmpty && !_hasStarts) return;
        if (_starts.Length < _times.Length)
        {
            account.ChargeBytes((long)(_times.Length - _starts.Length) * sizeof(long));
            Array.Resize(ref _starts, _times.Length);
        }
        if (!_hasStarts) _starts.AsSpan(0, Count).Clear();
        _hasStarts = true;
        if (starts.IsEmpty) _starts.AsSpan(Count, read).Clear();
        else starts.CopyTo(_starts.AsSpan(Count));
    }

    private int KeepLive(int from, int count)
    {
        int stale = FirstStale(_values.AsSpan(from, count));
        if (stale < 0) return count;
        int end = from + count, to = from + stale;
        for (int i = to; i < end; i++)
        {
            if (StaleMarker.Is(_values[i])) continue;
            if (_hasStarts) _starts[to] = _starts[i];
            _times[to] = _times[i];
            _values[to++] = _values[i];
        }
        return to - from;
    }

    // Hardly any series has one: a vector search says so at 0.2 ns a sample.
    private static int FirstStale(ReadOnlySpan<double> values) =>
        MemoryMarshal.Cast<double, ulong>(values).IndexOf(StaleMarker.Bits);

    private void Grow()
    {
        int capacity = Math.Max(FirstCapacity, _times.Length * 2);
        account.Charge(capacity - _times.Length);
        Array.Resize(ref _times, capacity);
        Array.Resize(ref _values, capacity);
    }
}
