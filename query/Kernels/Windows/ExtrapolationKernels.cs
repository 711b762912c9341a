using Streamline.Query.Operators;

namespace Streamline.Query.Kernels.Windows;

/// <summary>Which of the three extrapolated functions a kernel is.</summary>
internal interface IExtrapolation
{
    /// <summary>Resets are added and the value cannot have been negative.</summary>
    static abstract bool IsCounter { get; }

    /// <summary>Divide by the range.</summary>
    static abstract bool IsRate { get; }
}

internal readonly struct RateFunction : IExtrapolation
{
    public static bool IsCounter => true;

    public static bool IsRate => true;
}

internal readonly struct IncreaseFunction : IExtrapolation
{
    public static bool IsCounter => true;

    public static bool IsRate => false;
}

internal readonly struct DeltaFunction : IExtrapolation
{
    public static bool IsCounter => false;

    public static bool IsRate => false;
}

/// <summary>
/// <c>rate</c>, <c>increase</c>, <c>delta</c>: the difference of first and last sample, stretched to the window's edges where samples probably went on
/// (promql/functions.go, extrapolatedRate). Resets are found once per series; a window adds those inside it, in order, so the sum is Prometheus's to the
/// last bit. (A running prefix sum would be one subtraction, but loses digits after large resets and everything after an infinity.) The factor to stretch by
/// depends on times alone unless the line reaches zero inside the gap, so it is computed once for all series with the same times: a window then costs 1-2 ns.
/// </summary>
internal struct ExtrapolatedKernel<TFunction> : IWindowKernel where TFunction : struct, IExtrapolation
{
    private CounterResets _resets;
    private ExtrapolationFactors? _factors;

    public static bool TakesColumns => true;

    public void Begin(ReadOnlySpan<long> times, ReadOnlySpan<double> values)
    {
        if (TFunction.IsCounter) _resets.Find(values);
    }

    public bool TryCompute(in Window window, out double result)
    {
        result = 0;
        int last = window.To - 1;
        if (window.Count < 2) return false;
        double first = window.AllValues[window.From];
        double difference = window.AllValues[last] - first;
        if (TFunction.IsCounter) difference = _resets.AddTo(difference, window.AllValues, window.From, window.To);
        result = difference * Factor(window, first, difference);
        return true;
    }

    public bool TryComputeColumn(WindowPlaces places, ReadOnlySpan<long> times, ReadOnlySpan<double> values, SeriesColumn target)
    {
        _factors ??= new ExtrapolationFactors();
        _factors.Find(places, times, TFunction.IsRate);
        _factors.Present.CopyTo(target.Present);
        ReadOnlySpan<ExtrapolationFactors.Step> steps = _factors.Steps;
        Span<double> results = target.Values;
        for (int i = 0; i < steps.Length; i++)
        {
            ref readonly ExtrapolationFactors.Step step = ref steps[i];
            double first = values[step.First], difference = values[step.Last] - first;
            if (TFunction.IsCounter)
            {
                if (_resets.Any) difference = _resets.AddTo(difference, values, step.First, step.Last + 1);
                // Does the line through the samples reach zero before the window's start? Far from it a product says so; near it the exact way decides.
                if (difference > 0 && first >= 0 && !(first * step.Sampled > difference * step.Reach))
                {
                    results[i] = difference * NearZero(places, times, i, first, difference);
                    continue;
                }
            }
            results[i] = difference * step.Factor;
        }
        return true;
    }

    private static double NearZero(WindowPlaces places, ReadOnlySpan<long> times, int step, double first, double difference)
    {
        var window = new Window { AllTimes = times, From = places.From[step], To = places.To[step] };
        if (window.Count < 2) return 0;
        window.EndMs = places.Grid.Shift.Apply(places.Grid.Steps.TimeAt(step));
        window.StartMs = window.EndMs - places.Grid.RangeMs;
        return Factor(window, first, difference);
    }

    private static double Factor(in Window window, double first, double difference)
    {
        Extrapolation.Gaps(window, out double sampled, out double toStart, out double toEnd);
        if (TFunction.IsCounter)
        {
            double toZero = difference > 0 && first >= 0 ? sampled * (first / difference) : toStart;
            if (toZero < toStart) toStart = toZero;
        }
        return Extrapolation.Factor(sampled, toStart, toEnd, window, TFunction.IsRate);
    }
}

/// <summary>The arithmetic of extrapolation that looks at times only.</summary>
internal static class Extrapolation
{
    // A gap to the window's edge of more than 1.1 average intervals means that the series began or ended inside the window.
    private const double GapFactor = 1.1;

    /// <summary>Seconds between first and last sample, and those to stretch by on either side.</summary>
    public static void Gaps(in Window window, out double sampled, out double toStart, out double toEnd)
    {
        long firstMs = window.AllTimes[window.From], lastMs = window.AllTimes[window.To - 1];
        sampled = (lastMs - firstMs) / 1000.0;
        double average = sampled / (window.Count - 1), threshold = average * GapFactor;
        toStart = (firstMs - window.StartMs) / 1000.0;
        toEnd = (window.EndMs - lastMs) / 1000.0;
        if (toStart >= threshold) toStart = average / 2;
        if (toEnd >= threshold) toEnd = average / 2;
    }

    /// <summary>What the difference of first and last sample is multiplied by.</summary>
    public static double Factor(double sampled, double toStart, double toEnd, in Window window, bool isRate)
    {
        double factor = (sampled + toStart + toEnd) / sampled;
        return isRate ? factor / ((window.EndMs - window.StartMs) / 1000.0) : factor;
    }
}

/// <summary>What extrapolation knows of each step from the times alone; good for every series with the same times.</summary>
internal sealed class ExtrapolationFactors
{
    // Comparing products instead of quotients errs by a few last digits.
    private const double Margin = 1 + 1e-9;

    private int _version;

    /// <summary>One window: its first and last sample, the seconds between them, the gap to its start, the factor. Without two samples it is absent.</summary>
    public readonly record struct Step(int First, int Last, double Sampled, double Reach, double Factor);

    /// <summary>One a step.</summary>
    public Step[] Steps { get; private set; } = [];

    /// <summary>Steps with two samples.</summary>
    public ulong[] Present { get; private set; } = [];

    /// <summary>Computes what changed places need.</summary>
    public void Find(WindowPlaces places, ReadOnlySpan<long> times, bool isRate)
    {
        if (_version == places.Version) return;
        _version = places.Version;
        ReadOnlySpan<int> from = places.From, to = places.To;
        if (Steps.Length != from.Length) (Steps, Present) = (new Step[from.Length], new ulong[Presence.Words(from.Length)]);
        Present.AsSpan().Clear();
        var window = new Window { AllTimes = times };
        for (int step = 0; step < from.Length; step++)
        {
            (window.From, window.To) = (from[step], to[step]);
            Steps[step] = default;
            if (window.Count < 2) continue;
            window.EndMs = places.Grid.Shift.Apply(places.Grid.Steps.TimeAt(step));
            window.StartMs = window.EndMs - places.Grid.RangeMs;
            Extrapolation.Gaps(window, out double sampled, out double toStart, out double toEnd);
            double factor = Extrapolation.Factor(sampled, toStart, toEnd, window, isRate);
            Steps[step] = new Step(window.From, window.To - 1, sampled, toStart * Margin, factor);
            Presence.Set(Present, step);
        }
    }
}
