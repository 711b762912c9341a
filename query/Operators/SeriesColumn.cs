using System.Numerics;
using Streamline.Query.Engine;
using Streamline.Query.Histograms;
using Streamline.Query.Kernels;
using Streamline.Storage;

namespace Streamline.Query.Operators;

/// <summary>
/// One series over all steps: values and presence bits, and native histograms where there are any. Values of absent steps and of steps with a histogram are
/// garbage. The caller of <see cref="Operator.Next"/> owns its columns and lends them; an operator may work in them in place. Made and given back by the
/// query's account.
/// </summary>
internal sealed class SeriesColumn(QueryAccount account, double[] values, ulong[] present, int steps)
{
    private readonly double[] _values = values;
    private readonly ulong[] _present = present;

    // Made at the first histogram and kept for the next series; _hasHistograms says whether it holds anything. Weight is what the account was charged.
    private NativeHistogram?[]? _histograms;
    private bool _hasHistograms;
    private long _weight;

    /// <summary>Number of steps.</summary>
    public int Steps { get; } = steps;

    /// <summary>Position of the series in <see cref="Operator.Headers"/>.</summary>
    public int Index { get; set; }

    /// <summary>Values, one a step.</summary>
    public Span<double> Values => _values.AsSpan(0, Steps);

    /// <summary>Presence bits, one a step.</summary>
    public Span<ulong> Present => _present.AsSpan(0, Presence.Words(Steps));

    /// <summary>Whether a step may have a histogram; columns of floats only, the usual case, need not look further.</summary>
    public bool HasHistograms => _hasHistograms;

    internal double[] ValuesArray => _values;

    internal ulong[] PresentArray => _present;

    /// <summary>Marks every step absent.</summary>
    public void Clear()
    {
        Present.Clear();
        if (_hasHistograms) ForgetHistograms();
    }

    /// <summary>Puts a value at a step that has no histogram.</summary>
    public void Set(int step, double value)
    {
        _values[step] = value;
        _present[step >> 6] |= 1UL << (step & 63);
    }

    /// <summary>Whether a step has a value or a histogram.</summary>
    public bool Has(int step) => (_present[step >> 6] >> (step & 63) & 1) != 0;

    /// <summary>The histogram of a step; null where there is none, or where the step is absent.</summary>
    public NativeHistogram? HistogramAt(int step) => _hasHistograms && Has(step) ? _histograms![step] : null;

    /// <summary>Puts a histogram at a step, in the place of what was there.</summary>
    public void Set(int step, NativeHistogram histogram)
    {
        if (!_hasHistograms) MakeHistograms();
        int weight = HistogramWeight.Of(histogram);
        account.Charge(weight);
        _weight += weight;
        _histograms![step] = histogram;
        Presence.Set(Present, step);
    }

    /// <summary>Puts a value at a step, in the place of what was there.</summary>
    public void Replace(int step, double value)
    {
        if (_hasHistograms) _histograms![step] = null;
        Set(step, value);
    }

    /// <summary>Makes a step absent.</summary>
    public void Remove(int step) => Presence.Clear(Present, step);

    /// <summary>Fills every step with one value.</summary>
    public void Fill(double value)
    {
        if (_hasHistograms) ForgetHistograms();
        Values.Fill(value);
        Presence.SetAll(Present, Steps);
    }

    /// <summary>Copies values, bits and histograms.</summary>
    public void CopyFrom(SeriesColumn other)
    {
        if (_hasHistograms) ForgetHistograms();
        other.Values.CopyTo(Values);
        other.Present.CopyTo(Present);
        if (other._hasHistograms) CopyHistograms(other);
    }

    /// <summary>Copies what another column has at a step.</summary>
    public void CopyStep(SeriesColumn other, int from, int to)
    {
        if (other.HistogramAt(from) is { } histogram) Set(to, histogram);
        else if (other.Has(from)) Replace(to, other._values[from]);
    }

    /// <summary>Takes the other column's present steps in; false when both have a step.</summary>
    public bool TryMerge(SeriesColumn other)
    {
        if (Presence.Overlap(Present, other.Present)) return false;
        for (int step = 0; step < Steps; step++)
        {
            if (other.Has(step)) CopyStep(other, step, step);
        }
        return true;
    }

    /// <summary>Steps with histograms become absent, for nodes that know numbers only. Gives whether there was any.</summary>
    public bool DropHistograms()
    {
        if (!_hasHistograms) return false;
        bool any = false;
        for (int step = 0; step < Steps; step++)
        {
            if (HistogramAt(step) is null) continue;
            any = true;
            Remove(step);
        }
        ForgetHistograms();
        return any;
    }

    /// <summary>Histograms give way to values, which the caller has put there.</summary>
    public void ForgetHistograms()
    {
        if (!_hasHistograms) return;
        Array.Clear(_histograms!);
        _hasHistograms = false;
        account.Charge(-_weight);
        _weight = 0;
    }

    /// <summary>Presence bits of the steps with a histogram.</summary>
    public void HistogramBits(Span<ulong> bits)
    {
        bits.Clear();
        if (!_hasHistograms) return;
        for (int w = 0; w < bits.Length; w++)
        {
            for (ulong rest = Present[w]; rest != 0; rest &= rest - 1)
            {
                int bit = BitOperations.TrailingZeroCount(rest);
                if (_histograms![(w << 6) + bit] is not null) bits[w] |= 1UL << bit;
            }
        }
    }

    private void MakeHistograms()
    {
        // A reference takes half a sample.
        int weight = (Steps + 1) / 2;
        account.Charge(weight);
        _weight = weight;
        _histograms ??= new NativeHistogram?[Steps];
        _hasHistograms = true;
    }

    private void CopyHistograms(SeriesColumn other)
    {
        for (int step = 0; step < Steps; step++)
        {
            if (other.HistogramAt(step) is { } histogram) Set(step, histogram);
        }
    }
}
