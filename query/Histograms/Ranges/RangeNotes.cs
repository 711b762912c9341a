using System.Text;
using Streamline.Query.Engine;
using Streamline.Query.Syntax;
using Streamline.Storage;

namespace Streamline.Query.Histograms.Ranges;

/// <summary>What range functions tell about the samples of the series they are at.</summary>
internal sealed class RangeNotes(QueryContext context, Expr at)
{
    private Labels _labels = Labels.Empty;
    private bool _overlapTold;

    /// <summary>Goes on to another series.</summary>
    public void Begin(Labels labels) => _labels = labels;

    /// <summary>Goes on to another window.</summary>
    public void BeginWindow() => _overlapTold = false;

    public void Mixed() => Warn("encountered a mix of histograms and floats for metric name ");

    public void MixedSchemas() => Warn("vector contains a mix of histograms with exponential and custom buckets schemas for metric name ");

    public void NotCounter() => Warn("this native histogram metric is not a counter: ");

    public void NotGauge() => Warn("this native histogram metric is not a gauge: ");

    public void HistogramsIgnored() => context.Annotations.Inform(context, at, Named("ignored histograms in a range containing both floats and histograms for metric name "));

    /// <summary>Once a window.</summary>
    public void StartOverlap()
    {
        if (_overlapTold) return;
        _overlapTold = true;
        context.Annotations.Warn(context, at, Named("sample has start time that overlaps with previous sample timestamp for metric "), new OccurrenceDetails());
    }

    public void Merged(MergeNotes notes, string operation) => HistogramNotes.Add(context, at, notes, operation);

    private void Warn(string text) => context.Annotations.Warn(context, at, Named(text));

    private string Named(string text)
    {
        var named = new StringBuilder(text);
        LabelNames.AppendQuoted(named, Encoding.UTF8.GetString(_labels.ValueOf(Labels.MetricName)));
        return named.ToString();
    }
}
