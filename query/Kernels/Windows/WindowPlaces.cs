using Streamline.Query.Engine;

namespace Streamline.Query.Kernels.Windows;

/// <summary>
/// Where the windows of a grid lie in the columns of a series: for each step the samples from <see cref="From"/> up to but not including <see cref="To"/>. Kept
/// from series to series: those of one scrape have the same times, and then only a comparison is made (0.2 ns a sample). One lane's own.
/// </summary>
internal sealed class WindowPlaces(WindowGrid grid, QueryAccount account) : IDisposable
{
    private readonly WindowGrid _grid = grid;
    private int[] _from = [];
    private int[] _to = [];
    private long[] _times = [];
    private int _count = -1;
    private long _charged;

    /// <summary>The windows.</summary>
    public ref readonly WindowGrid Grid => ref _grid;

    /// <summary>First sample of each step's window.</summary>
    public ReadOnlySpan<int> From => _from;

    /// <summary>First sample behind each step's window.</summary>
    public ReadOnlySpan<int> To => _to;

    /// <summary>Samples in all windows together.</summary>
    public long Seen { get; private set; }

    /// <summary>Grows whenever the places change: what a kernel derived from times alone is good until then.</summary>
    public int Version { get; private set; }

    /// <summary>Finds the places for a series' times.</summary>
    public void Find(ReadOnlySpan<long> times)
    {
        if (times.Length == _count && times.SequenceEqual(_times.AsSpan(0, _count))) return;
        Keep(times);
        Version++;
        Seen = 0;
        int from = 0, to = 0, fromStride = 0, toStride = 0;
        for (int step = 0; step < _to.Length; step++)
        {
            long endMs = _grid.Shift.Apply(_grid.Steps.TimeAt(step));
            int lastFrom = from, lastTo = to;
            to = Behind(times, to, toStride, endMs);
            from = Math.Min(to, Behind(times, from, fromStride, endMs - _grid.RangeMs));
            (fromStride, toStride) = (from - lastFrom, to - lastTo);
            _from[step] = from;
            _to[step] = to;
            Seen += to - from;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        account.ChargeBytes(-_charged);
        (_charged, _count, _from, _to, _times) = (0, -1, [], [], []);
    }

    /// <summary>The first sample behind a time, from a position on. Samples come at regular times mostly: the last stride is tried first.</summary>
    private static int Behind(ReadOnlySpan<long> times, int at, int stride, long timeMs)
    {
        int guess = at + stride;
        if ((uint)guess < (uint)times.Length && times[guess] > timeMs)
        {
            if (guess == at || times[guess - 1] <= timeMs) return guess;
        }
        else if (guess < times.Length)
        {
            at = guess;
        }
        // Doubling steps, then bisection: the first window may lie far inside, and a window behind a gap far ahead.
        int low = at, reach = 1;
        while (low + reach <= times.Length && times[low + reach - 1] <= timeMs)
        {
            low += reach;
            reach *= 2;
        }
        int high = Math.Min(times.Length, low + reach - 1);
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (times[middle] <= timeMs) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    private void Keep(ReadOnlySpan<long> times)
    {
        if (_to.Length != _grid.Steps.Count)
        {
            Charge(2L * _grid.Steps.Count * sizeof(int));
            _from = new int[_grid.Steps.Count];
            _to = new int[_grid.Steps.Count];
        }
        if (_times.Length < times.Length)
        {
            int capacity = Math.Max(times.Length, _times.Length * 2);
            Charge((long)(capacity - _times.Length) * sizeof(long));
            _times = new long[capacity];
        }
        times.CopyTo(_times);
        _count = times.Length;
    }

    private void Charge(long bytes)
    {
        account.ChargeBytes(bytes);
        _charged += bytes;
    }
}
