using System.Numerics;

namespace Streamline.Query.Kernels.Windows;

/// <summary>Compensated sums of stretches; adding them compensates again, so the sum is as good as one from left to right.</summary>
internal static class StretchSum
{
    // Far enough from overflow that no sum of a query's samples gets there.
    private const double Largest = 1e290;

    public static bool Combines(ReadOnlySpan<double> values)
    {
        int i = 0, width = Vector<double>.Count;
        var largest = new Vector<double>(Largest);
        for (; i <= values.Length - width; i += width)
        {
            if (!Vector.LessThanAll(Vector.Abs(new Vector<double>(values[i..])), largest)) return false;
        }
        for (; i < values.Length; i++)
        {
            if (!(Math.Abs(values[i]) < Largest)) return false;
        }
        return true;
    }

    public static void Of(ReadOnlySpan<double> values, out double sum, out double compensation) => CompensatedSum.InLanes(values, out sum, out compensation);

    public static void Append(double nextSum, double nextCompensation, ref double sum, ref double compensation)
    {
        CompensatedSum.AddFinite(nextSum, ref sum, ref compensation);
        compensation += nextCompensation;
    }
}

internal readonly struct StretchedSum : IStretchReduction
{
    public static bool Combines(ReadOnlySpan<double> values) => StretchSum.Combines(values);

    public static void Of(ReadOnlySpan<double> values, out double a, out double b) => StretchSum.Of(values, out a, out b);

    public static void Append(double nextA, double nextB, ref double a, ref double b) => StretchSum.Append(nextA, nextB, ref a, ref b);

    public static double Result(double a, double b, int count) => a + b;

    public static double Direct(ReadOnlySpan<double> values) => SumReduction.Of(values);
}

internal readonly struct StretchedAverage : IStretchReduction
{
    public static bool Combines(ReadOnlySpan<double> values) => StretchSum.Combines(values);

    public static void Of(ReadOnlySpan<double> values, out double a, out double b) => StretchSum.Of(values, out a, out b);

    public static void Append(double nextA, double nextB, ref double a, ref double b) => StretchSum.Append(nextA, nextB, ref a, ref b);

    public static double Result(double a, double b, int count) => a / count + b / count;

    public static double Direct(ReadOnlySpan<double> values) => AvgReduction.Of(values);
}

internal readonly struct StretchedMin : IStretchReduction
{
    public static bool Combines(ReadOnlySpan<double> values) => true;

    public static void Of(ReadOnlySpan<double> values, out double a, out double b) => (a, b) = (MinReduction.Of(values), 0);

    public static void Append(double nextA, double nextB, ref double a, ref double b)
    {
        if (nextA < a || double.IsNaN(a)) a = nextA;
    }

    public static double Result(double a, double b, int count) => a;

    public static double Direct(ReadOnlySpan<double> values) => MinReduction.Of(values);
}

internal readonly struct StretchedMax : IStretchReduction
{
    public static bool Combines(ReadOnlySpan<double> values) => true;

    public static void Of(ReadOnlySpan<double> values, out double a, out double b) => (a, b) = (MaxReduction.Of(values), 0);

    public static void Append(double nextA, double nextB, ref double a, ref double b)
    {
        if (nextA > a || double.IsNaN(a)) a = nextA;
    }

    public static double Result(double a, double b, int count) => a;

    public static double Direct(ReadOnlySpan<double> values) => MaxReduction.Of(values);
}
