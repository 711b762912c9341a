using Streamline.Query.Operators;

namespace Streamline.Query.Kernels.Windows;

/// <summary>A reduction whose parts may be combined: over one value, and over two neighbouring stretches. The state is two numbers.</summary>
internal interface IStretchReduction
{
    /// <summary>Whether stretches of these values may be combined at all; else every window is reduced from its samples.</summary>
    static abstract bool Combines(ReadOnlySpan<double> values);

    /// <summary>State of one stretch, at least one value.</summary>
    static abstract void Of(ReadOnlySpan<double> values, out double a, out double b);

    /// <summary>Takes the next stretch in.</summary>
    static abstract void Append(double nextA, double nextB, ref double a, ref double b);

    /// <summary>The window's result.</summary>
    static abstract double Result(double a, double b, int count);

    /// <summary>The result straight from the samples.</summary>
    static abstract double Direct(ReadOnlySpan<double> values);
}

/// <summary>
/// Reductions over windows that overlap. The series is cut at the windows' edges and each stretch reduced once; stretches up to a pivot are kept as running
/// results from the pivot backwards, those behind it as one forwards, so a window is one of each. When the windows have left the pivot behind, it moves to the
/// newest edge. A sample is looked at once and a stretch twice, however long the windows are. Nothing is ever subtracted, so no digits are lost,
/// whatever left the window. An hour's average at every fifth minute: 12 -> 1.5 ns a sample, blocks of fixed size having been the first try.
/// </summary>
internal struct BlockedKernel<TReduction> : IWindowKernel where TReduction : struct, IStretchReduction
{
    private WindowStretches? _stretches;
    private Pair[] _reduced;
    private Pair[] _toPivot;

    private record struct Pair(double A, double B);

    public static bool TakesColumns => true;

    public readonly void Begin(ReadOnlySpan<long> times, ReadOnlySpan<double> values) { }

    public readonly bool TryCompute(in Window window, out double result)
    {
        result = TReduction.Direct(window.Values);
        return true;
    }

    public bool TryComputeColumn(WindowPlaces places, ReadOnlySpan<long> times, ReadOnlySpan<double> values, SeriesColumn target)
    {
        // Windows that hardly overlap are as cheap one by one.
        if (places.Seen < 2L * values.Length || places.From.Length < 2 || !TReduction.Combines(values)) return false;
        _stretches ??= new WindowStretches();
        _stretches.Find(places);
        ReadOnlySpan<int> from = _stretches.From, to = _stretches.To;
        if (_reduced is null || _reduced.Length < 2 * from.Length) (_reduced, _toPivot) = (new Pair[2 * from.Length], new Pair[2 * from.Length]);
        int pivot = 0, taken = 0;
        Pair behind = default;
        for (int step = 0; step < from.Length; step++)
        {
            int first = from[step], end = to[step];
            if (first == end) continue;
            if (first >= pivot)
            {
                Reduce(values, Math.Max(first, taken), end);
                Gather(first, end);
                pivot = taken = end;
            }
            else if (end > taken)
            {
                Reduce(values, taken, end);
                for (int i = taken; i < end; i++) behind = i == pivot ? _reduced[i] : Append(behind, _reduced[i]);
                taken = end;
            }
            Pair all = taken > pivot ? Append(_toPivot[first], behind) : _toPivot[first];
            target.Set(step, TReduction.Result(all.A, all.B, places.To[step] - places.From[step]));
        }
        return true;
    }

    private readonly void Reduce(ReadOnlySpan<double> values, int from, int end)
    {
        ReadOnlySpan<int> edges = _stretches!.Edges;
        for (int i = from; i < end; i++)
        {
            TReduction.Of(values[edges[i]..edges[i + 1]], out double a, out double b);
            _reduced[i] = new Pair(a, b);
        }
    }

    private readonly void Gather(int first, int pivot)
    {
        _toPivot[pivot - 1] = _reduced[pivot - 1];
        for (int i = pivot - 2; i >= first; i--) _toPivot[i] = Append(_reduced[i], _toPivot[i + 1]);
    }

    private static Pair Append(Pair pair, Pair next)
    {
        double a = pair.A, b = pair.B;
        TReduction.Append(next.A, next.B, ref a, ref b);
        return new Pair(a, b);
    }
}
