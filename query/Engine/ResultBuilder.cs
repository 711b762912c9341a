using Streamline.Query.Histograms;
using Streamline.Query.Kernels;
using Streamline.Query.Kernels.Windows;
using Streamline.Query.Operators;
using Streamline.Query.Plan;
using Streamline.Query.Syntax;
using Streamline.Storage;

namespace Streamline.Query.Engine;

/// <summary>Drains a plan into result series. Points are counted first, so arrays have their final size; series without points are left out.</summary>
internal static class ResultBuilder
{
    /// <summary>Reads the root operator to its end.</summary>
    public static List<ResultSeries> Collect(QueryContext context, Operator root)
    {
        var series = new List<ResultSeries>();
        SeriesHeader[] headers = root.Headers();
        long[]? allTimes = null;
        using var reader = new ColumnReader(context, root);
        while (reader.MoveNext())
        {
            SeriesColumn column = reader.Current;
            int count = Presence.Count(column.Present);
            if (count == 0) continue;
            Labels labels = headers[column.Index].Labels;
            if (column.HasHistograms)
            {
                series.Add(Mixed(context, labels, column, root.Grid));
                continue;
            }
            context.Account.ChargeResult(count, (long)count * (count == column.Steps ? sizeof(double) : QueryAccount.SampleBytes), labels);
            series.Add(count == column.Steps
                ? new ResultSeries(labels, allTimes ??= Times(root.Grid), column.Values.ToArray())
                : Sparse(labels, column, root.Grid, count));
        }
        return series;
    }

    /// <summary>The raw samples of a range vector, for an instant query that ends in one.</summary>
    public static List<ResultSeries> Collect(QueryContext context, RangeSource source)
    {
        var series = new List<ResultSeries>();
        using var samples = new SampleBuffer(context.Account);
        long endMs = source.Windows.FirstEndMs, startMs = endMs - source.Windows.RangeMs;
        SeriesHeader[] headers = source.Headers();
        RangeBoundary boundary = source.Boundary;
        for (int i = 0; source.Next(samples); i++)
        {
            if (boundary != RangeBoundary.Plain)
            {
                AddExtended(context, source, samples, headers[i].Labels, series);
                continue;
            }
            int from = 0, to = samples.Count;
            while (from < to && samples.Times[from] <= startMs) from++;
            while (to > from && samples.Times[to - 1] > endMs) to--;
            int first = 0, last = samples.Histograms.Count;
            while (first < last && samples.Histograms.Times[first] <= startMs) first++;
            while (last > first && samples.Histograms.Times[last - 1] > endMs) last--;
            if (from == to && first == last) continue;
            Labels labels = headers[i].DropName ? MetadataLabels.Remove(context.Builder, headers[i].Labels) : headers[i].Labels;
            int points = to - from + Weight(samples.Histograms.Items[first..last]);
            context.Account.ChargeResult(points, (long)points * QueryAccount.SampleBytes, labels);
            context.Meter.Count(points, points);
            series.Add(new ResultSeries(labels, samples.Times[from..to].ToArray(), samples.Values[from..to].ToArray())
            {
                HistogramTimestampsMs = samples.Histograms.Times[first..last].ToArray(),
                Histograms = samples.Histograms.Items[first..last].ToArray(),
            });
        }
        return series;
    }

    /// <summary>An <c>anchored</c> or <c>smoothed</c> range as a result: the samples inside, and what stands for the series at both edges.</summary>
    private static void AddExtended(QueryContext context, RangeSource source, SampleBuffer samples, Labels labels, List<ResultSeries> series)
    {
        if (samples.Histograms.Count > 0)
            throw new QueryException(QueryErrorKind.Execution, $"{source.Boundary.ToString().ToLowerInvariant()} modifier is not supported with histograms");
        WindowGrid windows = source.Windows;
        long endMs = windows.FirstEndMs, startMs = endMs - windows.RangeMs;
        var window = new Window { AllTimes = samples.Times, AllValues = samples.Values, StartMs = startMs, EndMs = endMs, ReachMs = windows.ReachMs };
        while (window.To < samples.Count && samples.Times[window.To] <= endMs) window.To++;
        while (window.From < window.To && samples.Times[window.From] <= startMs) window.From++;
        bool smoothed = source.Boundary == RangeBoundary.Smoothed;
        if (window.Count == 0 && !(smoothed && window.HasAfter)) return;
        var times = new List<long> { startMs };
        var values = new List<double> { RangeEdges.Left(window, smoothed) };
        for (int i = window.From; i < window.To; i++)
        {
            if (samples.Times[i] >= endMs) break;
            times.Add(samples.Times[i]);
            values.Add(samples.Values[i]);
        }
        times.Add(endMs);
        values.Add(RangeEdges.Right(window, smoothed));
        context.Account.ChargeResult(times.Count, (long)times.Count * QueryAccount.SampleBytes, labels);
        context.Meter.Count(times.Count, times.Count);
        series.Add(new ResultSeries(labels, times.ToArray(), values.ToArray()));
    }

    private static int Weight(ReadOnlySpan<NativeHistogram> histograms)
    {
        int weight = 0;
        foreach (NativeHistogram histogram in histograms) weight += HistogramWeight.Of(histogram);
        return weight;
    }

    private static ResultSeries Mixed(QueryContext context, Labels labels, SeriesColumn column, StepGrid grid)
    {
        var (times, values, histogramTimes, histograms) = (new List<long>(), new List<double>(), new List<long>(), new List<NativeHistogram>());
        int points = 0;
        for (int step = 0; step < column.Steps; step++)
        {
            if (!column.Has(step)) continue;
            if (column.HistogramAt(step) is { } histogram)
            {
                histogramTimes.Add(grid.TimeAt(step));
                histograms.Add(histogram);
                points += HistogramWeight.Of(histogram);
                continue;
            }
            times.Add(grid.TimeAt(step));
            values.Add(column.Values[step]);
            points++;
        }
        context.Account.ChargeResult(points, (long)points * QueryAccount.SampleBytes, labels);
        return new ResultSeries(labels, times.ToArray(), values.ToArray())
        {
            HistogramTimestampsMs = histogramTimes.ToArray(),
            Histograms = histograms.ToArray(),
        };
    }

    private static ResultSeries Sparse(Labels labels, SeriesColumn column, StepGrid grid, int count)
    {
        long[] times = new long[count];
        double[] values = new double[count];
        int at = 0;
        for (int step = 0; step < column.Steps; step++)
        {
            if (!column.Has(step)) continue;
            times[at] = grid.TimeAt(step);
            values[at++] = column.Values[step];
        }
        return new ResultSeries(labels, times, values);
    }

    private static long[] Times(StepGrid grid)
    {
        long[] times = new long[grid.Count];
        for (int step = 0; step < times.Length; step++) times[step] = grid.TimeAt(step);
        return times;
    }
}
