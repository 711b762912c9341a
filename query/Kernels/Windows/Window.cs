using Streamline.Query.Operators;

namespace Streamline.Query.Kernels.Windows;

/// <summary>
/// The samples of one series inside one window: positions <see cref="From"/> up to but not including <see cref="To"/> of the series' columns. Never empty, but
/// for kernels that say so.
/// The window is left-open: <see cref="StartMs"/> is outside, <see cref="EndMs"/> inside.
/// </summary>
internal ref struct Window
{
    public ReadOnlySpan<long> AllTimes;
    public ReadOnlySpan<double> AllValues;
    public int From;
    public int To;
    public long StartMs;
    public long EndMs;

    /// <summary>Evaluation time of the step, without offset and <c>@</c>.</summary>
    public long EvaluationMs;

    /// <summary>Scalar parameter of the step (quantile, prediction seconds).</summary>
    public double Parameter;

    /// <summary>A second one (trend factor).</summary>
    public double SecondParameter;

    /// <summary>How far beyond its edges a window may look.</summary>
    public long ReachMs;

    /// <summary>Whether there is a sample at or before the start, within reach.</summary>
    public readonly bool HasBefore => From > 0 && AllTimes[From - 1] > StartMs - ReachMs;

    /// <summary>Whether there is a sample behind the end, within reach.</summary>
    public readonly bool HasAfter => To < AllTimes.Length && AllTimes[To] <= EndMs + ReachMs;

    public readonly int Count => To - From;

    public readonly ReadOnlySpan<long> Times => AllTimes[From..To];

    public readonly ReadOnlySpan<double> Values => AllValues[From..To];
}

/// <summary>A range function: one number, or none, per window. A kernel is used by one thread for one series after another.</summary>
internal interface IWindowKernel
{
    /// <summary>Whether windows without samples are computed too.</summary>
    static virtual bool TakesEmptyWindows => false;

    /// <summary>A new series begins; windows follow with rising ends.</summary>
    void Begin(ReadOnlySpan<long> times, ReadOnlySpan<double> values);

    /// <summary>The value of a window; false when there is none.</summary>
    bool TryCompute(in Window window, out double result);

    /// <summary>Whether the kernel has a loop of its own over all windows of a series.</summary>
    static virtual bool TakesColumns => false;

    /// <summary>Computes all windows at once into a cleared column; false, and nothing is done, when these are better taken one by one.</summary>
    bool TryComputeColumn(WindowPlaces places, ReadOnlySpan<long> times, ReadOnlySpan<double> values, SeriesColumn target) => false;
}
