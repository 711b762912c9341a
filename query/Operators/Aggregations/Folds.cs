using System.Diagnostics;
using System.Numerics;
using Streamline.Query.Kernels;

namespace Streamline.Query.Operators.Aggregations;

/// <summary>An aggregation that keeps three numbers per group and step; the columns of these numbers are folded series by series.</summary>
internal interface IFold
{
    /// <summary>State after the first value.</summary>
    static abstract void First(double value, out double a, out double b, out double c);

    /// <summary>Takes a value in.</summary>
    static abstract void Add(double value, ref double a, ref double b, ref double c);

    /// <summary>The result.</summary>
    static abstract double Result(double a, double b, double c);

    /// <summary>Whether <see cref="AddColumns"/> is there.</summary>
    static virtual bool TakesColumns => false;

    /// <summary>Takes a value in at every step, as <see cref="Add"/> does it, bit for bit.</summary>
    static virtual void AddColumns(ReadOnlySpan<double> values, Span<double> a, Span<double> b, Span<double> c) => throw new UnreachableException();

    /// <summary>What it does with histograms.</summary>
    static virtual HistogramRole Histograms => HistogramRole.Ignored;
}

/// <summary>What an aggregation does with histograms.</summary>
internal enum HistogramRole
{
    /// <summary>Leaves them out, with an info.</summary>
    Ignored,

    /// <summary>Counts them like numbers, whose values do not matter.</summary>
    Counted,

    /// <summary>Adds them up; a group of both kinds gives nothing.</summary>
    Summed,

    /// <summary>Takes their mean; a group of both kinds gives nothing.</summary>
    Averaged,
}

internal readonly struct SumFold : IFold
{
    public static HistogramRole Histograms => HistogramRole.Summed;

    public static void First(double value, out double a, out double b, out double c) => (a, b, c) = (value, 0, 0);

    public static void Add(double value, ref double a, ref double b, ref double c) => CompensatedSum.Add(value, ref a, ref b);

    public static bool TakesColumns => true;

    public static void AddColumns(ReadOnlySpan<double> values, Span<double> a, Span<double> b, Span<double> c) => CompensatedSum.AddColumns(values, a, b);

    public static double Result(double a, double b, double c) => a + b;
}

internal readonly struct AvgFold : IFold
{
    public static HistogramRole Histograms => HistogramRole.Averaged;

    public static void First(double value, out double a, out double b, out double c) => RunningMean.First(value, out a, out b, out c);

    public static void Add(double value, ref double a, ref double b, ref double c) => RunningMean.Add(value, ref a, ref b, ref c);

    public static bool TakesColumns => true;

    public static void AddColumns(ReadOnlySpan<double> values, Span<double> a, Span<double> b, Span<double> c) => RunningMean.AddColumns(values, a, b, c);

    public static double Result(double a, double b, double c) => RunningMean.Result(a, b, c);
}

internal readonly struct MinFold : IFold
{
    public static void First(double value, out double a, out double b, out double c) => (a, b, c) = (value, 0, 0);

    public static void Add(double value, ref double a, ref double b, ref double c)
    {
        if (value < a || double.IsNaN(a)) a = value;
    }

    public static bool TakesColumns => true;

    public static void AddColumns(ReadOnlySpan<double> values, Span<double> a, Span<double> b, Span<double> c)
    {
        int i = 0, width = Vector<double>.Count;
        for (; i <= values.Length - width; i += width)
        {
            Vector<double> value = new(values[i..]), least = new(a[i..]);
            Vector.ConditionalSelect(Vector.LessThan<double>(value, least) | Vector.IsNaN(least), value, least).CopyTo(a[i..]);
        }
        for (; i < values.Length; i++) Add(values[i], ref a[i], ref b[i], ref c[i]);
    }

    public static double Result(double a, double b, double c) => a;
}

internal readonly struct MaxFold : IFold
{
    public static void First(double value, out double a, out double b, out double c) => (a, b, c) = (value, 0, 0);

    public static void Add(double value, ref double a, ref double b, ref double c)
    {
        if (value > a || double.IsNaN(a)) a = value;
    }

    public static bool TakesColumns => true;

    public static void AddColumns(ReadOnlySpan<double> values, Span<double> a, Span<double> b, Span<double> c)
    {
        int i = 0, width = Vector<double>.Count;
        for (; i <= values.Length - width; i += width)
        {
            Vector<double> value = new(values[i..]), most = new(a[i..]);
            Vector.ConditionalSelect(Vector.GreaterThan<double>(value, most) | Vector.IsNaN(most), value, most).CopyTo(a[i..]);
        }
        for (; i < values.Length; i++) Add(values[i], ref a[i], ref b[i], ref c[i]);
    }

    public static double Result(double a, double b, double c) => a;
}

internal readonly struct CountFold : IFold
{
    public static HistogramRole Histograms => HistogramRole.Counted;

    public static void First(double value, out double a, out double b, out double c) => (a, b, c) = (1, 0, 0);

    public static void Add(double value, ref double a, ref double b, ref double c) => a++;

    public static bool TakesColumns => true;

    public static void AddColumns(ReadOnlySpan<double> values, Span<double> a, Span<double> b, Span<double> c)
    {
        foreach (ref double count in a) count++;
    }

    public static double Result(double a, double b, double c) => a;
}

internal readonly struct GroupFold : IFold
{
    public static HistogramRole Histograms => HistogramRole.Counted;

    public static void First(double value, out double a, out double b, out double c) => (a, b, c) = (1, 0, 0);

    public static void Add(double value, ref double a, ref double b, ref double c) { }

    public static double Result(double a, double b, double c) => 1;
}

/// <summary>Welford's variance: count, mean, sum of squares. A first value that is not finite makes the result NaN, as in Prometheus.</summary>
internal readonly struct StdvarFold : IFold
{
    public static void First(double value, out double a, out double b, out double c) => (a, b, c) = (1, value, double.IsFinite(value) ? 0 : double.NaN);

    public static void Add(double value, ref double a, ref double b, ref double c)
    {
        a++;
        double delta = value - b;
        b += delta / a;
        c += delta * (value - b);
    }

    public static double Result(double a, double b, double c) => c / a;
}

internal readonly struct StddevFold : IFold
{
    public static void First(double value, out double a, out double b, out double c) => StdvarFold.First(value, out a, out b, out c);

    public static void Add(double value, ref double a, ref double b, ref double c) => StdvarFold.Add(value, ref a, ref b, ref c);

    public static double Result(double a, double b, double c) => Math.Sqrt(c / a);
}
