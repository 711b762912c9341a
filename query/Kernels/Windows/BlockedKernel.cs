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
/// Reductions over windows that overlap: the series is cut into blocks of a few samples, each reduced once, and a window is a few samples, whole blocks, a
/// few samples. A window of an hour costs 30 additions instead of 240. Nothing is ever subtracted, so no digits are lost, whatever left the window.
/// </summary>
internal struct BlockedKernel<TReduction> : IWindowKernel where TReduction : struct, IStretchReduction
{
    private const int BlockSamples = 16;

    // Shorter windows are cheaper to reduce directly.
    private const int WorthIt = 3 * BlockSamples;

    private double[] _a;
    private double[] _b;
    private int _blocks;
    private bool _combines;
    private bool _asked;

    public void Begin(ReadOnlySpan<long> times, ReadOnlySpan<double> values)
    {
        _blocks = 0;
        _asked = false;
    }

    public bool TryCompute(in Window window, out double result)
    {
        if (window.Count < WorthIt || !MayCombine(window.AllValues))
        {
            result = TReduction.Direct(window.Values);
            return true;
        }
        int firstBlock = (window.From + BlockSamples - 1) / BlockSamples, endBlock = window.To / BlockSamples;
        Reduce(window.AllValues, endBlock);
        double a = _a[firstBlock], b = _b[firstBlock];
        if (window.From < firstBlock * BlockSamples)
        {
            TReduction.Of(window.AllValues[window.From..(firstBlock * BlockSamples)], out a, out b);
            TReduction.Append(_a[firstBlock], _b[firstBlock], ref a, ref b);
        }
        for (int block = firstBlock + 1; block < endBlock; block++) TReduction.Append(_a[block], _b[block], ref a, ref b);
        if (endBlock * BlockSamples < window.To)
        {
            TReduction.Of(window.AllValues[(endBlock * BlockSamples)..window.To], out double tailA, out double tailB);
            TReduction.Append(tailA, tailB, ref a, ref b);
        }
        result = TReduction.Result(a, b, window.Count);
        return true;
    }

    private bool MayCombine(ReadOnlySpan<double> values)
    {
        if (!_asked) (_asked, _combines) = (true, TReduction.Combines(values));
        return _combines;
    }

    // Blocks are reduced when a window first reaches them.
    private void Reduce(ReadOnlySpan<double> values, int endBlock)
    {
        if (_a is null || _a.Length < endBlock)
        {
            Array.Resize(ref _a, values.Length / BlockSamples + 1);
            Array.Resize(ref _b, _a.Length);
        }
        for (; _blocks < endBlock; _blocks++)
            TReduction.Of(values.Slice(_blocks * BlockSamples, BlockSamples), out _a[_blocks], out _b[_blocks]);
    }
}
