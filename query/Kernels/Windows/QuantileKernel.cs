using System.Runtime.InteropServices;

namespace Streamline.Query.Kernels.Windows;

/// <summary>
/// <c>quantile_over_time</c>: the values of the window, sorted. Of windows that overlap much only the samples that leave and enter are moved; others are
/// sorted anew.
/// </summary>
internal struct QuantileKernel : IWindowKernel
{
    // A move costs a search and a copy of a part of the window; as many moves as this share of it cost what a sort does.
    private const int ShareOfMoves = 3;

    private double[] _sorted;
    private int _from;
    private int _to;

    public void Begin(ReadOnlySpan<long> times, ReadOnlySpan<double> values)
    {
        if (_sorted is null || _sorted.Length < values.Length) _sorted = new double[Math.Max(64, values.Length)];
        (_from, _to) = (0, 0);
    }

    public bool TryCompute(in Window window, out double result)
    {
        if (Quantiles.IsWithoutValues(window.Parameter, out result)) return true;
        if (Math.Max(window.From - _from, window.To - _to) * ShareOfMoves <= window.Count) Follow(window);
        else Sort(window);
        (_from, _to) = (window.From, window.To);
        result = Quantiles.OfSorted(window.Parameter, _sorted.AsSpan(0, window.Count));
        return true;
    }

    private readonly void Sort(in Window window)
    {
        Span<double> sorted = _sorted.AsSpan(0, window.Count);
        window.Values.CopyTo(sorted);
        sorted.Sort();
    }

    private readonly void Follow(in Window window)
    {
        int from = _from, to = _to;
        while (from < window.From && to < window.To) Replace(_sorted.AsSpan(0, to - from), window.AllValues[from++], window.AllValues[to++]);
        for (; from < window.From; from++)
        {
            Span<double> sorted = _sorted.AsSpan(0, to - from);
            int at = PlaceOf(sorted, window.AllValues[from]);
            sorted[(at + 1)..].CopyTo(sorted[at..]);
        }
        for (; to < window.To; to++)
        {
            Span<double> sorted = _sorted.AsSpan(0, to - from + 1);
            int at = PlaceFor(sorted[..^1], window.AllValues[to]);
            sorted[at..^1].CopyTo(sorted[(at + 1)..]);
            sorted[at] = window.AllValues[to];
        }
    }

    private static void Replace(Span<double> sorted, double leaves, double enters)
    {
        int at = PlaceOf(sorted, leaves), to = PlaceFor(sorted, enters);
        if (to > at) sorted[(at + 1)..to].CopyTo(sorted[at..--to]);
        else sorted[to..at].CopyTo(sorted[(to + 1)..]);
        sorted[to] = enters;
    }

    // Zeros of either sign and all NaN compare as equal.
    private static int PlaceOf(Span<double> sorted, double value)
    {
        int at = sorted.BinarySearch(value);
        long bits = BitConverter.DoubleToInt64Bits(value);
        return BitConverter.DoubleToInt64Bits(sorted[at]) == bits ? at : MemoryMarshal.Cast<double, long>(sorted).IndexOf(bits);
    }

    private static int PlaceFor(Span<double> sorted, double value)
    {
        int at = sorted.BinarySearch(value);
        return at < 0 ? ~at : at;
    }
}
