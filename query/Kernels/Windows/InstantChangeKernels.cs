namespace Streamline.Query.Kernels.Windows;

/// <summary><c>irate</c>: the last two samples; after a reset the last value alone.</summary>
internal struct IrateKernel : IWindowKernel
{
    public readonly void Begin(ReadOnlySpan<long> times, ReadOnlySpan<double> values) { }

    public readonly bool TryCompute(in Window window, out double result)
    {
        result = 0;
        if (window.Count < 2) return false;
        double last = window.AllValues[window.To - 1], before = window.AllValues[window.To - 2];
        double seconds = (window.AllTimes[window.To - 1] - window.AllTimes[window.To - 2]) / 1000.0;
        result = (last < before ? last : last - before) / seconds;
        return true;
    }
}

/// <summary><c>idelta</c>: difference of the last two samples.</summary>
internal struct IdeltaKernel : IWindowKernel
{
    public readonly void Begin(ReadOnlySpan<long> times, ReadOnlySpan<double> values) { }

    public readonly bool TryCompute(in Window window, out double result)
    {
        result = 0;
        if (window.Count < 2) return false;
        result = window.AllValues[window.To - 1] - window.AllValues[window.To - 2];
        return true;
    }
}

/// <summary>What <c>changes</c> and <c>resets</c> count between two neighbours.</summary>
internal interface ITransition
{
    /// <summary>Whether the step from one value to the next counts.</summary>
    static abstract bool Counts(double before, double after);
}

internal readonly struct ChangeTransition : ITransition
{
    public static bool Counts(double before, double after) => before != after && !(double.IsNaN(before) && double.IsNaN(after));
}

internal readonly struct ResetTransition : ITransition
{
    public static bool Counts(double before, double after) => after < before;
}

/// <summary><c>changes</c> and <c>resets</c>: counts slide with the window, one comparison per sample entering and leaving.</summary>
internal struct TransitionKernel<TTransition> : IWindowKernel where TTransition : struct, ITransition
{
    private int _from;
    private int _to;
    private int _count;

    public void Begin(ReadOnlySpan<long> times, ReadOnlySpan<double> values) => (_from, _to, _count) = (0, 1, 0);

    public bool TryCompute(in Window window, out double result)
    {
        ReadOnlySpan<double> values = window.AllValues;
        for (; _to < window.To; _to++)
        {
            if (TTransition.Counts(values[_to - 1], values[_to])) _count++;
        }
        for (; _from < window.From; _from++)
        {
            if (TTransition.Counts(values[_from], values[_from + 1])) _count--;
        }
        result = _count;
        return true;
    }
}
