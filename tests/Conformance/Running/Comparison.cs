using System.Globalization;
using Streamline.Conformance.Scripting;
using Streamline.Query;
using Streamline.Storage;
using ValueType = Streamline.Query.ValueType;

namespace Streamline.Conformance.Running;

/// <summary>Compares answers with what a script wants; floats to a millionth of their size, as the scripts' own runner does.</summary>
internal static class Comparison
{
    private const double Epsilon = 0.000001;
    private const double SmallestNormal = 2.2250738585072014e-308;

    public static void Check(EvalCommand eval, QueryResult result)
    {
        CheckNotes(eval, ExpectationKind.Warn, ExpectationKind.NoWarn, result.Warnings);
        CheckNotes(eval, ExpectationKind.Info, ExpectationKind.NoInfo, result.Infos);
        switch (result.Type)
        {
            case ValueType.String:
                Require(result.Text == (eval.Text ?? ""), $"wanted the string {eval.Text}, got {result.Text}");
                break;
            case ValueType.Scalar:
                Require(eval.Scalar is not null, "wanted series, got a scalar");
                CheckValue("scalar", eval.Scalar!.Value, result.Series[0].Values.Span[0]);
                break;
            case ValueType.Vector:
                if (eval.Expects(ExpectationKind.Ordered)) CheckOrder(eval, result);
                CheckVector(eval, result.Series, eval.StartMs);
                break;
            case ValueType.Matrix:
                CheckMatrix(eval, result);
                break;
        }
    }

    /// <summary>The same instant query asked as a range query: its points at the evaluation time.</summary>
    public static void CheckMiddle(EvalCommand eval, QueryResult range, long timeMs, bool scalar)
    {
        CheckSorted(range);
        List<ResultSeries> middle = [];
        foreach (ResultSeries series in range.Series)
        {
            int at = series.TimestampsMs.Span.IndexOf(timeMs), histogram = series.HistogramTimestampsMs.Span.IndexOf(timeMs);
            if (at >= 0) middle.Add(new ResultSeries(series.Labels, series.TimestampsMs.Slice(at, 1), series.Values.Slice(at, 1)));
            else if (histogram >= 0) middle.Add(new ResultSeries(series.Labels, default, default) { Histograms = series.Histograms.Slice(histogram, 1) });
        }
        if (scalar) CheckValue("scalar", eval.Scalar!.Value, middle[0].Values.Span[0]);
        else CheckVector(eval, middle, timeMs);
    }

    private static void CheckNotes(EvalCommand eval, ExpectationKind wanted, ExpectationKind none, IReadOnlyList<string> notes)
    {
        if (eval.Expects(none)) Require(notes.Count == 0, $"wanted {none}, got {string.Join("; ", notes)}");
        List<Expectation> expectations = eval.Expectations.FindAll(e => e.Kind == wanted);
        foreach (Expectation expectation in expectations)
        {
            Require(notes.Any(expectation.Matches), $"wanted {wanted} {expectation.Shown}, got {(notes.Count == 0 ? "none" : string.Join("; ", notes))}");
        }
        if (expectations.Count == 0) return;
        foreach (string note in notes) Require(expectations.Exists(e => e.Matches(note)), $"unexpected {wanted}: {note}");
    }

    private static void CheckOrder(EvalCommand eval, QueryResult result) => Require(
        result.Series.Select(s => s.Labels).SequenceEqual(eval.Series.Select(s => s.Labels)),
        $"wanted the order {string.Join(", ", eval.Series.Select(s => s.Labels))}, got {string.Join(", ", result.Series.Select(s => s.Labels))}");

    private static void CheckVector(EvalCommand eval, IReadOnlyList<ResultSeries> found, long timeMs)
    {
        Require(eval.Scalar is null, "wanted a scalar, got a vector");
        Dictionary<Labels, SeriesLine> wanted = Wanted(eval);
        foreach (ResultSeries series in found)
        {
            Require(wanted.Remove(series.Labels, out SeriesLine? line), $"unexpected {series.Labels} with {Shown(series)}");
            Require(series.Values.Length + series.Histograms.Length == 1, $"{series.Labels} has {series.Values.Length + series.Histograms.Length} points");
            CheckPoint(series.Labels.ToString(), line!.Points[0], series.Values, series.Histograms, 0, 0);
        }
        Require(wanted.Count == 0, $"missing {string.Join(", ", wanted.Keys)} at {timeMs} ms");
    }

    private static void CheckMatrix(EvalCommand eval, QueryResult result)
    {
        Require(eval.Scalar is null, "wanted a scalar, got a matrix");
        CheckSorted(result);
        (long startMs, long stepMs) = eval.RangeVector ?? (eval.StartMs, eval.StepMs);
        Dictionary<Labels, SeriesLine> wanted = Wanted(eval);
        foreach (ResultSeries series in result.Series)
        {
            Require(wanted.Remove(series.Labels, out SeriesLine? line), $"unexpected {series.Labels} with {Shown(series)}");
            CheckPoints(line!, series, startMs, stepMs);
        }
        Require(wanted.Count == 0, $"missing {string.Join(", ", wanted.Keys)}");
    }

    private static void CheckPoints(SeriesLine line, ResultSeries series, long startMs, long stepMs)
    {
        int floats = 0, histograms = 0;
        for (int i = 0; i < line.Points.Count; i++)
        {
            ScriptPoint wanted = line.Points[i];
            if (wanted.IsAbsent) continue;
            long time = startMs + (i * stepMs);
            bool found = wanted.Histogram is not null
                ? histograms < series.Histograms.Length && series.HistogramTimestampsMs.Span[histograms] == time
                : floats < series.Values.Length && series.TimestampsMs.Span[floats] == time;
            Require(found, $"{series.Labels} lacks a {(wanted.Histogram is null ? "float" : "histogram")} at {time} ms: {Shown(series)}");
            CheckPoint($"{series.Labels} at {time} ms", wanted, series.Values, series.Histograms, floats, histograms);
            if (wanted.Histogram is null) floats++;
            else histograms++;
        }
        Require(floats == series.Values.Length && histograms == series.Histograms.Length, $"{series.Labels} has more points than wanted: {Shown(series)}");
    }

    private static void CheckPoint(
        string what, ScriptPoint wanted, ReadOnlyMemory<double> values, ReadOnlyMemory<NativeHistogram> histograms, int valueAt, int histogramAt)
    {
        if (wanted.Histogram is null)
        {
            Require(valueAt < values.Length, $"{what}: wanted {wanted.Value}, got {(histogramAt < histograms.Length ? HistogramComparison.Shown(histograms.Span[histogramAt]) : "nothing")}");
            CheckValue(what, wanted.Value, values.Span[valueAt]);
            return;
        }
        Require(histogramAt < histograms.Length, $"{what}: wanted a histogram, got {(valueAt < values.Length ? values.Span[valueAt] : "nothing")}");
        NativeHistogram found = histograms.Span[histogramAt];
        Require(
            HistogramComparison.Matches(wanted.Histogram, found, wanted.HintSet),
            $"{what}: wanted {HistogramComparison.Shown(wanted.Histogram)}, got {HistogramComparison.Shown(found)}");
    }

    private static void CheckSorted(QueryResult result)
    {
        for (int i = 1; i < result.Series.Count; i++)
        {
            Require(result.Series[i - 1].Labels <= result.Series[i].Labels, $"{result.Series[i].Labels} stands behind {result.Series[i - 1].Labels}");
        }
    }

    private static Dictionary<Labels, SeriesLine> Wanted(EvalCommand eval)
    {
        Dictionary<Labels, SeriesLine> wanted = [];
        foreach (SeriesLine line in eval.Series) wanted[line.Labels] = line;
        return wanted;
    }

    private static void CheckValue(string what, double wanted, double found) =>
        Require(AlmostEqual(wanted, found), string.Create(CultureInfo.InvariantCulture, $"{what}: wanted {wanted:R}, got {found:R}"));

    public static bool AlmostEqual(double a, double b)
    {
        if (double.IsNaN(a) || double.IsNaN(b)) return double.IsNaN(a) && double.IsNaN(b);
        if (a == b) return true;
        double sum = Math.Abs(a) + Math.Abs(b);
        double difference = Math.Abs(a - b);
        if (a == 0 || b == 0 || sum < SmallestNormal) return difference < Epsilon * SmallestNormal;
        return difference / Math.Min(sum, double.MaxValue) < Epsilon;
    }

    private static string Shown(ResultSeries series) =>
        string.Join(' ', series.Values.ToArray().Select((v, i) => string.Create(CultureInfo.InvariantCulture, $"{v:R}@{(series.TimestampsMs.IsEmpty ? 0 : series.TimestampsMs.Span[i])}"))
            .Concat(series.Histograms.ToArray().Select((h, i) => $"{HistogramComparison.Shown(h)}@{(series.HistogramTimestampsMs.IsEmpty ? 0 : series.HistogramTimestampsMs.Span[i])}")));

    private static void Require(bool holds, string reason)
    {
        if (!holds) throw new MismatchException(reason);
    }
}
