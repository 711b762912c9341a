using Streamline.Query.Engine;
using Streamline.Query.Kernels.Windows;
using Streamline.Query.Operators;
using Streamline.Query.Syntax;
using Streamline.Storage;

namespace Streamline.Query.Histograms.Ranges;

/// <summary>
/// Slides windows over a series that has histograms or start timestamps. Windows of plain floats go to the kernel as ever; functions that do not know
/// histograms get the floats of the others too, with a note.
/// </summary>
internal sealed class MixedRange(RangeFunction? function, RangeBoundary boundary, RangeNotes notes, SampleMeter meter, bool reads)
{
    // Histograms are heavy: some milliseconds for so many.
    private const int StepsPerCheck = 64;

    private readonly RangeFunction? _function = function;

    public RangeNotes Notes { get; } = notes;

    /// <summary>Fills one output column.</summary>
    public void Run<TKernel>(
        ref TKernel kernel, in WindowGrid grid, SampleBuffer samples, ReadOnlySpan<double> parameters, ReadOnlySpan<double> secondParameters, SeriesColumn target)
        where TKernel : struct, IWindowKernel
    {
        target.Clear();
        kernel.Begin(samples.Times, samples.Values);
        long before = boundary == RangeBoundary.Plain ? 0 : grid.ReachMs, behind = boundary == RangeBoundary.Smoothed ? grid.ReachMs : 0;
        int floatFrom = 0, floatTo = 0, from = 0, to = 0;
        var window = new Window { AllTimes = samples.Times, AllValues = samples.Values, ReachMs = grid.ReachMs };
        for (int step = 0; step < grid.Steps.Count; step++)
        {
            if (step % StepsPerCheck == 0) grid.Cancellation.ThrowIfCancellationRequested();
            window.EvaluationMs = grid.Steps.TimeAt(step);
            window.EndMs = grid.Shift.Apply(window.EvaluationMs);
            window.StartMs = window.EndMs - grid.RangeMs;
            int knownFloats = floatTo, known = to;
            Move(samples.Times, window.StartMs - before, window.EndMs + behind, ref floatFrom, ref floatTo);
            Move(samples.Histograms.Times, window.StartMs - before, window.EndMs + behind, ref from, ref to);
            Count(step, samples, floatTo - floatFrom, floatTo - Math.Max(floatFrom, knownFloats), from..to, Math.Max(from, known)..to);
            bool plain = from == to && (_function is null || samples.Starts.IsEmpty);
            if (floatFrom == floatTo && from == to) continue;
            if (plain || _function is null)
            {
                Move(samples.Times, window.StartMs, window.EndMs, ref window.From, ref window.To);
                if (!parameters.IsEmpty) window.Parameter = parameters[step];
                if (!secondParameters.IsEmpty) window.SecondParameter = secondParameters[step];
                if (!plain && window.Count > 0) Notes.HistogramsIgnored();
                if ((window.Count > 0 || TKernel.TakesEmptyWindows) && kernel.TryCompute(window, out double value)) target.Set(step, value);
                continue;
            }
            MixedResult result = Compute(samples, window.StartMs, window.EndMs, floatFrom..floatTo, from..to);
            if (result.Histogram is not null) target.Set(step, result.Histogram);
            else if (result.Value is not null) target.Set(step, result.Value.Value);
        }
    }

    /// <summary>Histograms count with their weight.</summary>
    private void Count(int step, SampleBuffer samples, int floats, int newFloats, Range histograms, Range newHistograms)
    {
        long total = floats + Weight(samples.Histograms.Items[histograms]), read = reads ? newFloats + Weight(samples.Histograms.Items[newHistograms]) : 0;
        if (meter.IsPerStep) meter.CountAt(step, total, read);
        else meter.Count(total, read);
    }

    private static long Weight(ReadOnlySpan<NativeHistogram> histograms)
    {
        long weight = 0;
        foreach (NativeHistogram histogram in histograms) weight += HistogramWeight.Of(histogram);
        return weight;
    }

    private MixedResult Compute(SampleBuffer samples, long startMs, long endMs, Range floats, Range histograms)
    {
        HistogramBuffer buffer = samples.Histograms;
        var window = new MixedWindow
        {
            FloatTimes = samples.Times[floats],
            Floats = samples.Values[floats],
            FloatStarts = samples.Starts.IsEmpty ? [] : samples.Starts[floats],
            Times = buffer.Times[histograms],
            Histograms = buffer.Items[histograms],
            Starts = buffer.Starts.IsEmpty ? [] : buffer.Starts[histograms],
            StartMs = startMs,
            EndMs = endMs,
        };
        Notes.BeginWindow();
        return _function!.Compute(window, Notes);
    }

    private static void Move(ReadOnlySpan<long> times, long startMs, long endMs, ref int from, ref int to)
    {
        while (to < times.Length && times[to] <= endMs) to++;
        while (from < to && times[from] <= startMs) from++;
    }
}
