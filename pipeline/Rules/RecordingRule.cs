using System.Globalization;
using Streamline.Pipeline.Config;
using Streamline.Query;
using Streamline.Query.Syntax;
using Streamline.Storage;

namespace Streamline.Pipeline.Rules;

/// <summary>Writes the result of its expression as series of its own name.</summary>
internal sealed class RecordingRule(RuleConfig config, RuleGroup group, Expr expr) : Rule(config, group, expr)
{
    private readonly LabelsBuilder _builder = new();
    private readonly List<(Labels Labels, double Value, NativeHistogram? Histogram)> _samples = [];
    private readonly HashSet<Labels> _seen = [];

    // Result labels -> recorded labels, so that a steady result builds no label set; replaced when twice too large.
    private Dictionary<Labels, Labels> _recorded = [];

    public override string Name => Config.Record;

    public override void ApplySlot(QueryResult result, long timestampMs, RuleBatch batch, RuleContext context)
    {
        Collect(result);
        Outputs.Begin();
        foreach (var (labels, value, histogram) in _samples)
        {
            if (histogram is null) Outputs.Emit(labels, timestampMs, value, batch);
            else Outputs.Emit(labels, timestampMs, histogram, batch);
        }
        Outputs.EndMissing(timestampMs, batch);
    }

    public override RuleSnapshot Snapshot() => new()
    {
        IsAlerting = false,
        Name = Name,
        Query = Expr.ToString()!,
        Labels = Sorted(Config.Labels),
        Health = Health,
        LastError = LastError,
        EvaluationSeconds = EvaluationSeconds,
        LastEvaluationMs = LastEvaluationMs,
    };

    private void Collect(QueryResult result)
    {
        if (result.Type is not (Query.ValueType.Vector or Query.ValueType.Scalar)) throw new RuleException("rule result is not a vector or scalar");
        _samples.Clear();
        _seen.Clear();
        if (_recorded.Count > 2 * result.Series.Count + 16) _recorded = [];
        foreach (ResultSeries series in result.Series)
        {
            Labels labels = Recorded(series.Labels);
            if (!_seen.Add(labels)) throw new RuleException("vector contains metrics with the same labelset after applying rule labels");
            _samples.Add(series.Values.Length > 0 ? (labels, series.Values.Span[0], null) : (labels, 0, series.Histograms.Span[0]));
        }
        if (Group.Config.Limit > 0 && _samples.Count > Group.Config.Limit)
        {
            throw new RuleException(string.Create(CultureInfo.InvariantCulture, $"exceeded limit of {Group.Config.Limit} with {_samples.Count} series"));
        }
    }

    private Labels Recorded(Labels labels)
    {
        if (_recorded.TryGetValue(labels, out Labels? known)) return known;
        _builder.Reset(labels).Set("__name__", Config.Record);
        foreach (var (name, value) in Config.Labels) _builder.Set(name, value);
        return _recorded[labels] = _builder.Build();
    }
}
