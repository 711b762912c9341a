using Streamline.Query.Kernels;

namespace Streamline.Query.Operators;

/// <summary>
/// One series over all steps: values and presence bits. Values of absent steps are garbage. The caller of <see cref="Operator.Next"/> owns its columns and
/// lends them; an operator may work in them in place. Made and given back by the query's account.
/// </summary>
internal sealed class SeriesColumn(double[] values, ulong[] present, int steps)
{
    private readonly double[] _values = values;
    private readonly ulong[] _present = present;

    /// <summary>Number of steps.</summary>
    public int Steps { get; } = steps;

    /// <summary>Position of the series in <see cref="Operator.Headers"/>.</summary>
    public int Index { get; set; }

    /// <summary>Values, one a step.</summary>
    public Span<double> Values => _values.AsSpan(0, Steps);

    /// <summary>Presence bits, one a step.</summary>
    public Span<ulong> Present => _present.AsSpan(0, Presence.Words(Steps));

    internal double[] ValuesArray => _values;

    internal ulong[] PresentArray => _present;

    /// <summary>Marks every step absent.</summary>
    public void Clear() => Present.Clear();

    /// <summary>Puts a value at a step.</summary>
    public void Set(int step, double value)
    {
        _values[step] = value;
        _present[step >> 6] |= 1UL << (step & 63);
    }

    /// <summary>Whether a step has a value.</summary>
    public bool Has(int step) => (_present[step >> 6] >> (step & 63) & 1) != 0;

    /// <summary>Fills every step with one value.</summary>
    public void Fill(double value)
    {
        Values.Fill(value);
        Presence.SetAll(Present, Steps);
    }

    /// <summary>Copies values and bits.</summary>
    public void CopyFrom(SeriesColumn other)
    {
        other.Values.CopyTo(Values);
        other.Present.CopyTo(Present);
    }

    /// <summary>Takes the other column's present steps in; false when both have a step.</summary>
    public bool TryMerge(SeriesColumn other)
    {
        if (Presence.Overlap(Present, other.Present)) return false;
        for (int step = 0; step < Steps; step++)
        {
            if (other.Has(step)) Set(step, other.Values[step]);
        }
        return true;
    }
}
